using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>Eight lanes in 256 bits. Only AVX2 has them, so its instructions are named.</summary>
internal readonly struct Lanes8(Vector256<uint> value) : ILanes<Lanes8>
{
    private readonly Vector256<uint> _value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Broadcast(uint value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadQuads(ReadOnlySpan<uint> words, int start, int step) =>
        new(Vector256.Create(Vector128.Create(words[start..]), Vector128.Create(words[(start + step)..])));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuads(Lanes8 value, Span<uint> words, int start, int step)
    {
        value._value.GetLower().CopyTo(words[start..]);
        value._value.GetUpper().CopyTo(words[(start + step)..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 left, Lanes8 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator ^(Lanes8 left, Lanes8 right) => new(left._value ^ right._value);

    // AVX2 has no rotation: by whole bytes it is an order of bytes, one shuffle, else two shifts. The orders stand here because the JIT
    // must see constants: it stops inlining getters in a method of this size.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 RotateRight(Lanes8 value, [ConstantExpected] byte bits) => new(bits switch
    {
        16 => Avx2.Shuffle(value._value.AsByte(), Vector256.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32(),
        8 => Avx2.Shuffle(value._value.AsByte(), Vector256.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32(),
        _ => (value._value >>> bits) | (value._value << (32 - bits)),
    });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 InterleaveLower(Lanes8 left, Lanes8 right) => new(Avx2.UnpackLow(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 InterleaveUpper(Lanes8 left, Lanes8 right) => new(Avx2.UnpackHigh(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 JoinLower(Lanes8 left, Lanes8 right) => new(Avx2.UnpackLow(left._value.AsUInt64(), right._value.AsUInt64()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 JoinUpper(Lanes8 left, Lanes8 right) => new(Avx2.UnpackHigh(left._value.AsUInt64(), right._value.AsUInt64()).AsUInt32());
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>Sixteen lanes in 512 bits. Only AVX-512 has them, so its instructions are named.</summary>
internal readonly struct Lanes16(Vector512<uint> value) : ILanes<Lanes16>
{
    private readonly Vector512<uint> _value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Broadcast(uint value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadQuads(ReadOnlySpan<uint> words, int start, int step) => new(Vector512.Create(
        Vector256.Create(Quad(words, start), Quad(words, start + step)),
        Vector256.Create(Quad(words, start + (2 * step)), Quad(words, start + (3 * step)))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuads(Lanes16 value, Span<uint> words, int start, int step)
    {
        Vector256<uint> lower = value._value.GetLower();
        Vector256<uint> upper = value._value.GetUpper();
        lower.GetLower().CopyTo(words[start..]);
        lower.GetUpper().CopyTo(words[(start + step)..]);
        upper.GetLower().CopyTo(words[(start + (2 * step))..]);
        upper.GetUpper().CopyTo(words[(start + (3 * step))..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 left, Lanes16 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator ^(Lanes16 left, Lanes16 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 RotateRight(Lanes16 value, [ConstantExpected] byte bits) => new(Avx512F.RotateRight(value._value, bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 InterleaveLower(Lanes16 left, Lanes16 right) => new(Avx512F.UnpackLow(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 InterleaveUpper(Lanes16 left, Lanes16 right) => new(Avx512F.UnpackHigh(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 JoinLower(Lanes16 left, Lanes16 right) => new(Avx512F.UnpackLow(left._value.AsUInt64(), right._value.AsUInt64()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 JoinUpper(Lanes16 left, Lanes16 right) => new(Avx512F.UnpackHigh(left._value.AsUInt64(), right._value.AsUInt64()).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Quad(ReadOnlySpan<uint> words, int start) => Vector128.Create(words[start..]);
}

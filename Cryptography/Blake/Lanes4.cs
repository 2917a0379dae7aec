using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>Four lanes in 128 bits, in operations that every processor with vectors has: x86 and Arm run the same source.</summary>
internal readonly struct Lanes4(Vector128<uint> value) : ILanes<Lanes4>
{
    private readonly Vector128<uint> _value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Broadcast(uint value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadQuads(ReadOnlySpan<uint> words, int start, int step) => new(Vector128.Create(words[start..]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuads(Lanes4 value, Span<uint> words, int start, int step) => value._value.CopyTo(words[start..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 left, Lanes4 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator ^(Lanes4 left, Lanes4 right) => new(left._value ^ right._value);

    // By whole bytes an order of bytes, else two shifts; see Lanes8.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 RotateRight(Lanes4 value, [ConstantExpected] byte bits) => new(bits switch
    {
        16 => Vector128.Shuffle(value._value.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32(),
        8 => Vector128.Shuffle(value._value.AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32(),
        _ => (value._value >>> bits) | (value._value << (32 - bits)),
    });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 InterleaveLower(Lanes4 left, Lanes4 right) => new(Alternate(
        Vector128.Shuffle(left._value, Vector128.Create(0u, 0, 1, 1)),
        Vector128.Shuffle(right._value, Vector128.Create(0u, 0, 1, 1))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 InterleaveUpper(Lanes4 left, Lanes4 right) => new(Alternate(
        Vector128.Shuffle(left._value, Vector128.Create(2u, 2, 3, 3)),
        Vector128.Shuffle(right._value, Vector128.Create(2u, 2, 3, 3))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 JoinLower(Lanes4 left, Lanes4 right) => new(Vector128.Create(left._value.GetLower(), right._value.GetLower()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 JoinUpper(Lanes4 left, Lanes4 right) => new(Vector128.Create(left._value.GetUpper(), right._value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Alternate(Vector128<uint> even, Vector128<uint> odd) =>
        Vector128.ConditionalSelect(Vector128.Create(uint.MaxValue, 0, uint.MaxValue, 0), even, odd);
}

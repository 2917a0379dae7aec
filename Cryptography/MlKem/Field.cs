using System.Runtime.CompilerServices;

namespace ZeroKSync.Cryptography.MlKem;

/// <summary>Arithmetic modulo q = 3329. Every function is a fixed sequence of multiplications, shifts and masks: no branch, no division, no table.</summary>
internal static class Field
{
    internal const uint Q = 3329;

    private const uint HalfQ = Q / 2;

    // ceil(2^40 / q): with it the quotient below is exact for every value up to 2^28, because value * (ceil(2^40 / q) * q - 2^40) < 2^40.
    private const int QuotientShift = 40;
    private const ulong QuotientFactor = ((1UL << QuotientShift) / Q) + 1;

    /// <summary>The value modulo q, for values below 2^28.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Reduce(uint value) => value - (Quotient(value) * Q);

    /// <summary>The whole quotient by q, for values below 2^28.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Quotient(uint value) => (uint)((value * QuotientFactor) >> QuotientShift);

    /// <summary>Sum of two values below q.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Add(uint left, uint right) => SubtractOnce(left + right);

    /// <summary>Difference of two values below q.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Subtract(uint left, uint right) => SubtractOnce(left + Q - right);

    /// <summary>Compress of FIPS 203, section 4.2.1: round(2^bits / q * value) modulo 2^bits, for bits up to 11.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Compress(uint value, int bits) => Quotient((value << bits) + HalfQ) & ((1u << bits) - 1);

    /// <summary>Decompress of the same: round(q / 2^bits * value).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Decompress(uint value, int bits) => ((value * Q) + (1u << (bits - 1))) >> bits;

    // value < 2q. A borrow sets all upper bits; they select whether q is added back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SubtractOnce(uint value)
    {
        uint difference = value - Q;
        return difference + (Q & (uint)((int)difference >> 31));
    }
}

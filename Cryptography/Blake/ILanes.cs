using System.Diagnostics.CodeAnalysis;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>
/// A register that holds one word of several independent hashes, one in each lane. What BLAKE3 needs of it, and no more: the algorithm
/// is written once, over this.
/// </summary>
internal interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Lanes: a multiple of four.</summary>
    static abstract int Count { get; }

    /// <summary>The same word in every lane.</summary>
    static abstract TSelf Broadcast(uint value);

    /// <summary>Four words at <paramref name="start"/>, four at <paramref name="start"/> + <paramref name="step"/>, and so on until the register is full.</summary>
    static abstract TSelf LoadQuads(ReadOnlySpan<uint> words, int start, int step);

    /// <summary>The reverse of <see cref="LoadQuads"/>.</summary>
    static abstract void StoreQuads(TSelf value, Span<uint> words, int start, int step);

    /// <summary>Modulo 2^32 in every lane.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator ^(TSelf left, TSelf right);

    /// <summary>In every lane.</summary>
    /// <param name="bits">16, 12, 8 or 7, as a constant.</param>
    static abstract TSelf RotateRight(TSelf value, [ConstantExpected] byte bits);

    /// <summary>In every four lanes, the lower two words of both, alternating; <see cref="InterleaveUpper"/> the upper two.</summary>
    static abstract TSelf InterleaveLower(TSelf left, TSelf right);

    static abstract TSelf InterleaveUpper(TSelf left, TSelf right);

    /// <summary>In every four lanes, the lower pair of both; <see cref="JoinUpper"/> the upper pair.</summary>
    static abstract TSelf JoinLower(TSelf left, TSelf right);

    static abstract TSelf JoinUpper(TSelf left, TSelf right);
}

namespace ZeroKSync.Cryptography.Blake;

/// <summary>What every node of one tree is hashed with: the key words, the mode's flags, and the width of the machine's vectors.</summary>
/// <param name="key">Eight words: BLAKE3's initial values where there is no key.</param>
/// <param name="flags">0, <see cref="Blake3Core.KeyedHash"/>, <see cref="Blake3Core.DeriveKeyContext"/> or <see cref="Blake3Core.DeriveKeyMaterial"/>.</param>
internal readonly ref struct Blake3Mode(ReadOnlySpan<uint> key, uint flags, Blake3Width width)
{
    /// <summary>Plain hashing, as wide as this machine can.</summary>
    internal static Blake3Mode Hash => new(Blake3Core.Iv, 0, Blake3Dispatch.Widest);

    internal ReadOnlySpan<uint> Key { get; } = key;

    internal uint Flags { get; } = flags;

    internal Blake3Width Width { get; } = width;
}

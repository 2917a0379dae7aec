namespace ZeroKSync.Cryptography;

/// <summary>Where a part of a slice lies.</summary>
public enum Blake3SliceSource
{
    /// <summary>What <see cref="Blake3OutboardWriter"/> wrote.</summary>
    Outboard,

    /// <summary>The content itself.</summary>
    Content,
}

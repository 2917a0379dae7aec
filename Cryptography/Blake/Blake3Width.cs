namespace ZeroKSync.Cryptography.Blake;

/// <summary>How many chunks or parents are hashed at once at most.</summary>
internal enum Blake3Width
{
    /// <summary>One after another, without vectors: what the others are tested against.</summary>
    Scalar = 1,

    /// <summary>128 bits.</summary>
    Four = 4,

    /// <summary>256 bits.</summary>
    Eight = 8,

    /// <summary>512 bits.</summary>
    Sixteen = 16,
}

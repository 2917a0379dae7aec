namespace ZeroKSync.Client.Sync;

/// <summary>What a sequence means to the vector.</summary>
internal enum VectorOutcome
{
    /// <summary>It is the next one and its link joins: the vector moved.</summary>
    Advanced,

    /// <summary>It lies at or below what is known.</summary>
    Known,

    /// <summary>Something between what is known and this one is missing.</summary>
    Gap,

    /// <summary>It is the next one, but names another predecessor than the one that is known.</summary>
    LinkMismatch,
}

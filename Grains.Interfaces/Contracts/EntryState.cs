namespace ZeroKSync.Grains.Contracts;

/// <summary>What a row still holds.</summary>
[GenerateSerializer]
[Alias("zks.EntryState")]
public enum EntryState : byte
{
    /// <summary>The sealed envelope.</summary>
    Blob = 0,

    /// <summary>The sender deleted it, with proof.</summary>
    Deleted = 1,

    /// <summary>Its time ran out.</summary>
    Expired = 2,

    /// <summary>Its checksum failed.</summary>
    Corrupt = 3,
}

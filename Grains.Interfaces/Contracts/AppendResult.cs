using System.Collections.Immutable;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Receipts of the first entries; if one was refused, why, and nothing after it was looked at.</summary>
[GenerateSerializer]
[Alias("zks.AppendResult")]
[Immutable]
public sealed record AppendResult
{
    [Id(0)]
    public required ImmutableArray<AppendReceipt> Receipts { get; init; }

    [Id(1)]
    public Refusal? Refusal { get; init; }

    /// <summary>Of the entries that are no repeats; null where there are none.</summary>
    [Id(2)]
    public StoredRows? Stored { get; init; }
}

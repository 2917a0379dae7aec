using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>Which page a device wants.</summary>
[GenerateSerializer]
[Alias("zks.ReadQuery")]
[Immutable]
public sealed record ReadQuery
{
    [Id(0)]
    public required DeviceId Reader { get; init; }

    [Id(1)]
    public required Cursor After { get; init; }

    /// <summary>1 to GrainLimits.PageEntriesMax.</summary>
    [Id(2)]
    public required int CountMax { get; init; }

    /// <summary>Of encoded entries; a page holds at least one entry whatever it says.</summary>
    [Id(3)]
    public required int BytesMax { get; init; }

    /// <summary>True: the reader's own rows too.</summary>
    [Id(4)]
    public required bool Own { get; init; }
}

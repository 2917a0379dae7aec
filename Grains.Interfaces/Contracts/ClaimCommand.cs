using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>A joiner asks for the record.</summary>
[GenerateSerializer]
[Alias("zks.ClaimCommand")]
[Immutable]
public sealed record ClaimCommand
{
    [Id(0)]
    public required DeviceId Claimer { get; init; }
}

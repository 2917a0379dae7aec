namespace ZeroKSync.Grains.Contracts;

/// <summary>Where to send wake-ups.</summary>
[GenerateSerializer]
[Alias("zks.WakeRegistration")]
[Immutable]
public sealed record WakeRegistration
{
    [Id(0)]
    public required WakePlatform Platform { get; init; }

    /// <summary>UTF-8, at most 4096 bytes; a secret.</summary>
    [Id(1)]
    public required ReadOnlyMemory<byte> Token { get; init; }

    [Id(2)]
    public string? AppId { get; init; }
}

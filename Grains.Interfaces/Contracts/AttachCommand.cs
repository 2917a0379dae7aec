using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>A session becomes the device's.</summary>
[GenerateSerializer]
[Alias("zks.AttachCommand")]
[Immutable]
public sealed record AttachCommand
{
    [Id(0)]
    public required SessionId Session { get; init; }

    /// <summary>The head its WELCOME told.</summary>
    [Id(1)]
    public required Cursor KnownHead { get; init; }

    /// <summary>The session was attached before. A renewal takes nobody's place: if the device has another session by now, the renewing one ends.</summary>
    [Id(2)]
    public bool IsRenewal { get; init; }
}

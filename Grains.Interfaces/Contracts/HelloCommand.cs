using System.Collections.Immutable;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Contracts;

/// <summary>A device asks to be let in; proof and chain are verified already.</summary>
[GenerateSerializer]
[Alias("zks.HelloCommand")]
[Immutable]
public sealed record HelloCommand
{
    /// <summary>From the session's handshake, never from a message.</summary>
    [Id(0)]
    public required DeviceId Device { get; init; }

    /// <summary>The key the group id is made of.</summary>
    [Id(1)]
    public required AdmissionKey OriginKey { get; init; }

    /// <summary>The epoch whose key the proof was made with.</summary>
    [Id(2)]
    public required KeyEpoch KeyEpoch { get; init; }

    /// <summary>The client's whole chain, oldest first.</summary>
    [Id(3)]
    public required ImmutableArray<ChainStatement> Chain { get; init; }

    /// <summary>The relay epoch of the client's stored position, if it has one.</summary>
    [Id(4)]
    public RelayEpoch? RelayEpoch { get; init; }

    /// <summary>Sealed by the device for its peers.</summary>
    [Id(5)]
    public required ReadOnlyMemory<byte> DeviceCard { get; init; }

    /// <summary>Make the group if it is not there. The gateway's admission hook said yes.</summary>
    [Id(6)]
    public required bool Create { get; init; }
}

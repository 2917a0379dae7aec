using Microsoft.Extensions.Logging;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Client;

/// <summary>How a client is opened.</summary>
public sealed class SyncClientOptions
{
    /// <summary>Longest device name, in UTF-8 bytes: it travels sealed in the device card.</summary>
    public const int MaxDeviceNameBytes = 128;

    /// <summary>Most relays a group can list.</summary>
    public const int MaxRelays = 8;

    internal static readonly TimeSpan MaxWebSocketDelay = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The directory this device owns: keys, outbox, inbox. Created with mode 0700 where it does not exist; one client at a time.
    /// A copy of it is a second device with the same identity: never copy it to another machine.
    /// </summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// What other members see, 1 to 128 bytes of UTF-8. Needed the first time a directory is opened: null (the default) opens only
    /// a directory that holds a device already, and keeps its name.
    /// </summary>
    public string? DeviceName { get; init; }

    /// <summary>Replaces the relays of the group's record, most wanted first; empty (the default) keeps them. At most 8.</summary>
    public IReadOnlyList<RelayAddress> Relays { get; init; } = [];

    /// <summary>Connects, and reconnects, without being asked once the client is in a group. Default true.</summary>
    public bool AutoConnect { get; init; } = true;

    /// <summary>The clock; null takes the system's.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>
    /// A QUIC engine to share with other clients, or the one of <see cref="TransportEngines.Create"/> that is wanted here; not disposed by this one.
    /// Null makes the machine's when first connecting, and where none loads, connects by WebSocket alone.
    /// </summary>
    public ITransport? Transport { get; init; }

    /// <summary>
    /// How long QUIC is tried alone before a WebSocket over TCP, at the same host and port number, is tried beside it: on every connect, so
    /// that a network that blocks UDP costs this much and no more. 0 to 10 s, default 300 ms; null never uses a WebSocket.
    /// </summary>
    public TimeSpan? WebSocketDelay { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Where counts and durations are logged; null logs nothing. Ids, names, addresses and secrets are never logged.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Makes the engine where <see cref="Transport"/> gives none.</summary>
    internal Func<ITransport> CreateQuic { get; init; } = static () => TransportEngines.Create();

    /// <summary>When a session changes its keys.</summary>
    internal RekeyLimits RekeyLimits { get; init; } = RekeyLimits.Default;
}

using System.Net;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Silo;

/// <summary>How a relay is started.</summary>
internal sealed record RelaySettings
{
    public required string DataDirectory { get; init; }

    public required IPEndPoint Listen { get; init; }

    public bool IsWebSocketOff { get; init; }

    /// <summary>Null takes that of <see cref="Listen"/>.</summary>
    public IPEndPoint? WebSocket { get; init; }

    public required IPEndPoint Http { get; init; }

    public TransportEngine Engine { get; init; }

    /// <summary>0 is one per processor.</summary>
    public int Loops { get; init; } = 1;

    public DatagramMode Datagrams { get; init; }

    /// <summary>Null writes no qlog.</summary>
    public string? QlogDirectory { get; init; }

    public required string Preset { get; init; }

    public string? ConfigurationFile { get; init; }
}

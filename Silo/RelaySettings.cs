using System.Net;
using ZeroKSync.Transport;

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

    public required string Preset { get; init; }

    public string? ConfigurationFile { get; init; }
}

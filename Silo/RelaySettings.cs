using System.Net;
using ZeroKSync.Silo.Configuration;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Silo;

/// <summary>Where a relay listens and by which engine, read of the text that its operator wrote.</summary>
internal sealed record RelaySettings
{
    public required string DataDirectory { get; init; }

    public required IPEndPoint Listen { get; init; }

    public bool IsWebSocketOff { get; init; }

    /// <summary>Null takes that of <see cref="Listen"/>.</summary>
    public IPEndPoint? WebSocket { get; init; }

    public required IPEndPoint Http { get; init; }

    /// <summary>Null is off.</summary>
    public IPEndPoint? PublicHttp { get; init; }

    /// <summary>HOST:PORT for devices; null where the operator has not said.</summary>
    public string? PublicAddress { get; init; }

    public TransportEngine Engine { get; init; }

    /// <summary>Loads and prepares nothing: it only reads.</summary>
    /// <exception cref="ConfigurationException">A text that is no address, engine or directory; the message names it.</exception>
    public static RelaySettings Read(RelayConfiguration configuration)
    {
        RelayOptions relay = configuration.Relay;
        return new RelaySettings
        {
            DataDirectory = DataDirectoryOf(configuration),
            Listen = EndPoint(configuration, nameof(relay.Listen), relay.Listen),
            IsWebSocketOff = relay.WebSocket == "off",
            WebSocket = relay.WebSocket is "off" or "same" ? null : EndPoint(configuration, nameof(relay.WebSocket), relay.WebSocket, ", 'same' or 'off'"),
            Http = HttpOf(configuration),
            PublicHttp = relay.PublicHttp == "off" ? null : EndPoint(configuration, nameof(relay.PublicHttp), relay.PublicHttp, " or 'off'"),
            PublicAddress = PublicAddressOf(configuration),
            Engine = configuration.Engine.Name switch
            {
                "auto" => TransportEngine.Auto,
                "ngtcp2" => TransportEngine.Ngtcp2,
                "system-net-quic" => TransportEngine.SystemNetQuic,
                _ => throw configuration.NotValid("Engine:Name", "must be auto, ngtcp2 or system-net-quic"),
            },
        };
    }

    public static IPEndPoint HttpOf(RelayConfiguration configuration) => EndPoint(configuration, nameof(RelayOptions.Http), configuration.Relay.Http);

    public static string DataDirectoryOf(RelayConfiguration configuration) => string.IsNullOrWhiteSpace(configuration.Relay.DataDirectory)
        ? throw new ConfigurationException("Relay:DataDirectory is not set: say by --data where keys and database are.")
        : Path.GetFullPath(configuration.Relay.DataDirectory);

    public static Ngtcp2Options Ngtcp2(EngineOptions engine) => new()
    {
        ListenerLoops = engine.Loops == 0 ? Math.Min(Environment.ProcessorCount, Ngtcp2Options.MaxLoops) : engine.Loops,
        Datagrams = engine.Datagrams,
        DatagramBytesMax = engine.DatagramBytesMax,
        QlogDirectory = engine.QlogDirectory,
        KeyUpdateBytes = engine.KeyUpdateBytes,
    };

    private static IPEndPoint EndPoint(RelayConfiguration configuration, string key, string text, string others = "") =>
        // Its parser takes an address without a port too: then with port 0, which nobody has asked for.
        IPEndPoint.TryParse(text, out IPEndPoint? endPoint) && (text.Contains("]:", StringComparison.Ordinal) || text.Count(letter => letter == ':') == 1)
            ? endPoint
            : throw configuration.NotValid($"Relay:{key}", $"must be an address and a port, for instance 0.0.0.0:4433 or [::]:4433{others}");

    private static string? PublicAddressOf(RelayConfiguration configuration)
    {
        string? address = configuration.Relay.PublicAddress;
        int colon = address?.LastIndexOf(':') ?? -1;
        bool isAddress = address is null
            || (colon > 0 && Uri.CheckHostName(address[..colon]) != UriHostNameType.Unknown && ushort.TryParse(address[(colon + 1)..], out ushort port) && port > 0);
        return isAddress ? address : throw configuration.NotValid("Relay:PublicAddress", "must be HOST:PORT, for instance relay.example.org:4433");
    }
}

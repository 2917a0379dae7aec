namespace ZeroKSync.Silo.Configuration;

/// <summary>Where a relay keeps its data and where it listens, as the operator writes it; <see cref="RelaySettings"/> reads it.</summary>
internal sealed class RelayOptions
{
    /// <summary>Where keys and database are; made if it is not there. It has no default.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>Address and UDP port for devices; port 0 takes a free one.</summary>
    public string Listen { get; set; } = "[::]:4433";

    /// <summary>Address and TCP port for devices whose network blocks UDP, `same` for those of `Listen`, or `off`.</summary>
    public string WebSocket { get; set; } = "same";

    /// <summary>Address and TCP port of health, metrics and status, for the operator alone; port 0 takes a free one.</summary>
    public string Http { get; set; } = "127.0.0.1:4480";

    /// <summary>Address and TCP port that answers `/.well-known/zks` to everyone and nothing else, or `off`; port 0 takes a free one.</summary>
    public string PublicHttp { get; set; } = "off";

    /// <summary>HOST:PORT by which devices reach this relay, shown at `/.well-known/zks`. Without it only the port is shown.</summary>
    public string? PublicAddress { get; set; }

    /// <summary>The set of limits to start from: `default`, `hobby` for a small machine, or `bench`, which has no rates and belongs on loopback.</summary>
    public string Preset { get; set; } = Presets.Default;
}

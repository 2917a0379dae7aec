using System.Net;

namespace ZeroKSync.Silo;

/// <summary>How a relay is started.</summary>
internal sealed record RelaySettings
{
    public required string DataDirectory { get; init; }

    public required IPEndPoint Listen { get; init; }

    public required IPEndPoint Http { get; init; }

    public required string Preset { get; init; }

    public string? ConfigurationFile { get; init; }
}

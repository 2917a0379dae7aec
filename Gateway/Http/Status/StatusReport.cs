namespace ZeroKSync.Gateway.Http.Status;

/// <summary>What the page asks for, as JSON with snake_case names.</summary>
public sealed record StatusReport
{
    public required string Version { get; init; }

    public required string RelayId { get; init; }

    public required string Preset { get; init; }

    public required long UptimeS { get; init; }

    /// <summary>What stands in the way of serving newcomers; empty where nothing does.</summary>
    public required IReadOnlyList<string> Obstacles { get; init; }

    public required int Sessions { get; init; }

    public required int SessionsMax { get; init; }

    public required double IntervalS { get; init; }

    public required long PushesTotal { get; init; }

    public required long DeliveredTotal { get; init; }

    public required IReadOnlyList<StatusPoint> Points { get; init; }

    public required IReadOnlyList<StatusRefusal> Refusals { get; init; }

    /// <summary>What storage says of itself.</summary>
    public required IReadOnlyList<FigureSeries> Storage { get; init; }
}

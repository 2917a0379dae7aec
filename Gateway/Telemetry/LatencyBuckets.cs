namespace ZeroKSync.Gateway.Telemetry;

/// <summary>The upper bounds that latencies are counted by: two to three a decade, from what an idle disk takes to what a client gives up at.</summary>
public static class LatencyBuckets
{
    public static IReadOnlyList<double> Seconds { get; } = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
}

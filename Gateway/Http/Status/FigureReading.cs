namespace ZeroKSync.Gateway.Http.Status;

/// <summary>What this project's instruments said at one moment.</summary>
/// <param name="At">Monotonic time since the start.</param>
/// <param name="Series">Sums and gauges: instrument, label (null where it has none), value.</param>
/// <param name="PushBuckets">Pushes counted by latency, cumulative over time, one more than there are bounds.</param>
public sealed record FigureReading(TimeSpan At, IReadOnlyList<FigureSeries> Series, IReadOnlyList<long> PushBuckets)
{
    /// <summary>The sum of an instrument over its labels; 0 where it has said nothing.</summary>
    public double Sum(string instrument) => Series.Where(series => series.Instrument == instrument).Sum(series => series.Value);
}

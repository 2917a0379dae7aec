using ZeroKSync.Gateway.Telemetry;

namespace ZeroKSync.Gateway.Http.Status;

/// <summary>The last minutes of a relay, as rates and quantiles between one reading and the next. Pure: readings are passed in.</summary>
public sealed class StatusHistory
{
    /// <summary>Time between two readings.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Readings kept: five minutes.</summary>
    public const int ReadingsMax = 151;

    private static readonly string[] RefusalInstruments = ["zks.gateway.refusals", "zks.gateway.refused_connections", "zks.gateway.aborted_streams"];

    // Also what was read or sent later: nobody is refused by it, and it is what an operator looks for.
    private static readonly string[] LimitInstruments = [.. RefusalInstruments, "zks.gateway.limits_reached", "zks.gateway.pauses"];

    private readonly Lock _gate = new();
    private readonly Queue<FigureReading> _readings = [];
    private readonly Queue<StatusPoint> _points = [];

    /// <summary>Takes the next reading, and forgets the oldest where there are too many.</summary>
    public void Add(FigureReading reading)
    {
        lock (_gate)
        {
            if (_readings.LastOrDefault() is { } last)
                _points.Enqueue(Between(last, reading));

            _readings.Enqueue(reading);
            if (_readings.Count > ReadingsMax)
            {
                _readings.Dequeue();
                _points.Dequeue();
            }
        }
    }

    /// <summary>What is known now.</summary>
    public StatusTimeline Read()
    {
        lock (_gate)
        {
            FigureReading? first = _readings.FirstOrDefault();
            FigureReading? last = _readings.LastOrDefault();
            return new StatusTimeline([.. _points], last, last is null ? [] : Refusals(first!, last));
        }
    }

    /// <summary>The latency that a share of what was counted did not exceed, in seconds; null where nothing was counted.</summary>
    /// <param name="counts">By bucket, one more than there are bounds.</param>
    /// <param name="share">0 to 1.</param>
    public static double? Quantile(IReadOnlyList<long> counts, double share)
    {
        long total = counts.Sum();
        if (total == 0)
            return null;

        double wanted = share * total;
        double seen = 0;
        for (int i = 0; i < LatencyBuckets.Seconds.Count; i++)
        {
            double low = i == 0 ? 0 : LatencyBuckets.Seconds[i - 1];
            if (seen + counts[i] >= wanted)
                return low + ((LatencyBuckets.Seconds[i] - low) * (counts[i] == 0 ? 0 : (wanted - seen) / counts[i]));

            seen += counts[i];
        }

        // Beyond the last bound nothing more is known.
        return LatencyBuckets.Seconds[^1];
    }

    private static StatusPoint Between(FigureReading before, FigureReading now)
    {
        double seconds = Math.Max((now.At - before.At).TotalSeconds, 0.001);
        long[] counts = [.. now.PushBuckets.Zip(before.PushBuckets, (after, earlier) => Math.Max(0, after - earlier))];
        return new StatusPoint(
            now.Sum("zks.gateway.sessions"),
            Rate("zks.gateway.pushes"),
            Rate("zks.gateway.pushed_bytes"),
            Rate("zks.gateway.delivered_entries"),
            RefusalInstruments.Sum(Rate),
            Quantile(counts, 0.5) * 1000,
            Quantile(counts, 0.99) * 1000);

        double Rate(string instrument) => Math.Max(0, now.Sum(instrument) - before.Sum(instrument)) / seconds;
    }

    private static IReadOnlyList<StatusRefusal> Refusals(FigureReading first, FigureReading last) =>
    [
        .. last.Series
            .Where(series => LimitInstruments.Contains(series.Instrument))
            .Select(series => new StatusRefusal(
                series.Instrument["zks.gateway.".Length..],
                RefusalNames.Of(series.Label),
                (long)series.Value,
                (long)(series.Value - first.Series.Where(before => before.Instrument == series.Instrument && before.Label == series.Label).Sum(before => before.Value))))
            .OrderByDescending(refusal => refusal.Recent)
            .ThenByDescending(refusal => refusal.Total),
    ];
}

using ZeroKSync.Gateway.Http.Status;
using ZeroKSync.Gateway.Telemetry;

namespace ZeroKSync.Tests.Unit.Gateway.Http;

public sealed class StatusHistoryTests
{
    private static readonly int Buckets = LatencyBuckets.Seconds.Count + 1;

    [Fact]
    public void Add_TwoReadings_GiveRatesBetweenThem()
    {
        var history = new StatusHistory();
        history.Add(Reading(10, ("zks.gateway.sessions", null, 3), ("zks.gateway.pushes", null, 100), ("zks.gateway.refusals", "2000", 1)));
        history.Add(Reading(12, ("zks.gateway.sessions", null, 5), ("zks.gateway.pushes", null, 300), ("zks.gateway.refusals", "2000", 4), ("zks.gateway.refusals", "2002", 1)));

        StatusTimeline timeline = history.Read();

        StatusPoint point = Assert.Single(timeline.Points);
        Assert.Equal((5, 100, 2), (point.Sessions, point.PushesPerSecond, point.RefusalsPerSecond));
        Assert.Null(point.PushP50Ms);
        Assert.Equal([new StatusRefusal("refusals", "rate limited", 4, 3), new StatusRefusal("refusals", "group quota exceeded", 1, 1)], timeline.Refusals);
    }

    [Fact]
    public void Add_MoreThanIsKept_ForgetsTheOldest()
    {
        var history = new StatusHistory();
        for (int i = 0; i <= StatusHistory.ReadingsMax; i++)
            history.Add(Reading(2 * i, ("zks.gateway.refused_connections", "PerAddress", i)));

        StatusTimeline timeline = history.Read();

        Assert.Equal(StatusHistory.ReadingsMax - 1, timeline.Points.Count);
        Assert.Equal([new StatusRefusal("refused_connections", "per address", StatusHistory.ReadingsMax, StatusHistory.ReadingsMax - 1)], timeline.Refusals);
    }

    [Fact]
    public void Read_BeforeAnyReading_IsEmpty()
    {
        StatusTimeline timeline = new StatusHistory().Read();

        Assert.Empty(timeline.Points);
        Assert.Null(timeline.Last);
    }

    [Fact]
    public void Quantile_OfCounts_LiesInTheirBucket()
    {
        long[] counts = new long[Buckets];
        Assert.Null(StatusHistory.Quantile(counts, 0.5));

        counts[2] = 98;
        counts[^1] = 2;
        Assert.InRange(StatusHistory.Quantile(counts, 0.5)!.Value, LatencyBuckets.Seconds[1], LatencyBuckets.Seconds[2]);
        Assert.Equal(LatencyBuckets.Seconds[^1], StatusHistory.Quantile(counts, 0.99));
        Assert.Equal(LatencyBuckets.Seconds[2], StatusHistory.Quantile(counts, 0.98)!.Value, 6);
    }

    private static FigureReading Reading(double seconds, params (string Instrument, string? Label, double Value)[] series) =>
        new(TimeSpan.FromSeconds(seconds), [.. series.Select(one => new FigureSeries(one.Instrument, one.Label, "1", one.Value))], new long[Buckets]);
}

using System.Diagnostics;

namespace ZeroKSync.Bench.Relay;

/// <summary>From the call that appends a blob until a reader has it, one blob at a time.</summary>
internal static class DeliveryLine
{
    private const double MostOfRedis = 2;

    // What a server does once, as compiling is, belongs to no figure; and what it does for this line, it has not done before.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    public static async Task MeasureAsync(Field field, CancellationToken cancellationToken)
    {
        int log = field.NewLog();
        (Rounds p50, Rounds p99) = await MeasureAsync(field, log, cancellationToken);
        for (int start = 1; start < field.Options.DeliveryStarts; start++)
        {
            foreach (IContestant contestant in field.Contestants)
                await contestant.RestartAsync(log, cancellationToken);

            (Rounds moreP50, Rounds moreP99) = await MeasureAsync(field, log, cancellationToken);
            p50.Add(moreP50);
            p99.Add(moreP99);
        }

        field.Report.Row("append, notify, read: p50", "ms", p50);
        field.Report.Row("append, notify, read: p99", "ms", p99);
        field.Report.Bound("delivery p50, times Redis", p50.Ratio(field.Relay.Name, Field.Redis), MostOfRedis, isLeast: false);
    }

    public static async Task<(Rounds P50, Rounds P99)> MeasureAsync(Field field, int log, CancellationToken cancellationToken)
    {
        var p99 = new Rounds();
        var pairs = new Dictionary<string, (IAppender Appender, IFollower Follower)>();
        foreach (IContestant contestant in field.Contestants)
        {
            // The appender first: it makes the log.
            IAppender appender = await contestant.OpenAppenderAsync(log, cancellationToken);
            pairs.Add(contestant.Name, (appender, await contestant.FollowAsync(log, cancellationToken)));
            await TimeAsync(pairs[contestant.Name], WarmUp, cancellationToken);
        }

        Rounds p50 = await Rounds.TakeAsync(field.Contestants, field.Options.Rounds, async contestant =>
        {
            double[] times = await TimeAsync(pairs[contestant.Name], field.Options.Length, cancellationToken);
            p99.Add(contestant.Name, new Sample(Quantiles.Of(times, 0.99)));
            return new Sample(Quantiles.Median(times));
        });
        foreach ((IAppender appender, IFollower follower) in pairs.Values)
        {
            await appender.DisposeAsync();
            await follower.DisposeAsync();
        }

        return (p50, p99);
    }

    private static async Task<double[]> TimeAsync((IAppender Appender, IFollower Follower) pair, TimeSpan length, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < length)
        {
            Task arrived = pair.Follower.ReadNextAsync(cancellationToken);
            long start = Stopwatch.GetTimestamp();
            Task appended = pair.Appender.RunAsync(AppendRun.Of(1, 1), cancellationToken);
            await arrived;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await appended;
        }

        return [.. times];
    }
}

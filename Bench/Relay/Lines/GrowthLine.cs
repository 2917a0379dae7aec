namespace ZeroKSync.Bench.Relay;

/// <summary>Whether any figure moves with the length of the log.</summary>
internal static class GrowthLine
{
    private const int InFlight = 32;
    private const double LeastShareOfShortest = 0.8;
    private const double MostRestartSeconds = 1;

    // Up to here a log is made anew for each round, which would lengthen it several times.
    private const int NewLogMax = 100_000;

    public static async Task MeasureAsync(Field field, CancellationToken cancellationToken)
    {
        int[] lengths = field.Options.LogLengths;
        int[] logs = new int[lengths.Length];
        for (int i = 0; i < lengths.Length; i++)
            logs[i] = await FillAsync(field, lengths[i], cancellationToken);

        await AppendLine.WarmUpAsync(field, InFlight, cancellationToken);
        Rounds[] appends = await AppendInTurnsAsync(field, lengths, logs, cancellationToken);
        for (int i = 0; i < lengths.Length; i++)
        {
            field.Report.Row($"log of {lengths[i]}: durable appends, {InFlight} in flight", "1/s", appends[i]);
            (Rounds p50, _) = await DeliveryLine.MeasureAsync(field, logs[i], cancellationToken);
            field.Report.Row($"log of {lengths[i]}: append, notify, read, p50", "ms", p50);
            field.Report.Row($"log of {lengths[i]}: catch-up of the last {CatchUpLine.Blobs}", "MB/s", await CatchUpLine.MeasureAsync(field, logs[i], cancellationToken));
            if (i > 0)
                field.Report.Bound($"append at {lengths[i]}, share of that at {lengths[0]}", appends[i].Ratio(field.Relay.Name, appends[0]), LeastShareOfShortest, isLeast: true);
        }

        Rounds restarts = await Rounds.TakeAsync(field.Contestants, field.Options.Rounds, async contestant => new Sample((await contestant.RestartAsync(logs[^1], cancellationToken)).TotalSeconds));
        field.Report.Row("all of them: from the start of the process to the first read of the longest", "s", restarts);
        field.Report.Bound($"restart with {lengths.Sum()} and more, s", restarts.Median(field.Relay.Name), MostRestartSeconds, isLeast: false);
    }

    // One process has all the logs, and they take turns: neither how long it has run nor what else the machine does is taken for their length.
    private static async Task<Rounds[]> AppendInTurnsAsync(Field field, int[] lengths, int[] logs, CancellationToken cancellationToken)
    {
        Rounds[] appends = [.. lengths.Select(_ => new Rounds())];
        for (int round = 0; round < field.Options.Rounds; round++)
        {
            for (int i = 0; i < lengths.Length; i++)
            {
                if (round > 0 && lengths[i] <= NewLogMax)
                    logs[i] = await FillAsync(field, lengths[i], cancellationToken);

                foreach (IContestant contestant in field.Contestants)
                    appends[i].Add(contestant.Name, await AppendAsync(field, contestant, logs[i], cancellationToken));
            }
        }

        return appends;
    }

    private static async Task<Sample> AppendAsync(Field field, IContestant contestant, int log, CancellationToken cancellationToken)
    {
        await using IAppender appender = await contestant.OpenAppenderAsync(log, cancellationToken);
        return await Field.MeasureAsync(contestant, async () =>
        {
            var run = AppendRun.For(InFlight, field.Options.Length / 2);
            await appender.RunAsync(run, cancellationToken);
            run.Stop();
            return (run.PerSecond, run.Done);
        });
    }

    private static async Task<int> FillAsync(Field field, int length, CancellationToken cancellationToken)
    {
        int log = field.NewLog();
        foreach (IContestant contestant in field.Contestants)
            await contestant.FillAsync(log, length, cancellationToken);

        return log;
    }
}

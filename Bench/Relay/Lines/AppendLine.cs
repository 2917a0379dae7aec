namespace ZeroKSync.Bench.Relay;

/// <summary>Durable appends: how many a second, how long each takes, and what they cost.</summary>
internal static class AppendLine
{
    private const int SpreadLogs = 32;
    private const double LeastOfPostgres = 1.5;
    private const int LeastInFlight = 32;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly (int InFlight, double LeastOfRedis)[] Shapes = [(1, double.NaN), (32, 0.6), (256, 0.45)];

    public static async Task MeasureAsync(Field field, CancellationToken cancellationToken)
    {
        foreach ((int inFlight, double least) in Shapes)
        {
            Rounds rounds = await MeasureAsync(field, field.NewLog(), logs: 1, inFlight, cancellationToken);
            field.Report.Row($"durable appends of 1 KiB, {inFlight} in flight on one log", "1/s", rounds);
            Judge(field, $"append, {inFlight} in flight", rounds, least, inFlight < LeastInFlight ? double.NaN : LeastOfPostgres);
        }
    }

    public static async Task MeasureSpreadAsync(Field field, CancellationToken cancellationToken)
    {
        int first = field.NewLog();
        for (int i = 1; i < SpreadLogs; i++)
            field.NewLog();

        Rounds rounds = await MeasureAsync(field, first, SpreadLogs, inFlight: 1, cancellationToken);
        field.Report.Row($"durable appends of 1 KiB, 1 in flight on each of {SpreadLogs} logs", "1/s", rounds);
        Judge(field, $"append, {SpreadLogs} logs", rounds, double.NaN, LeastOfPostgres);
    }

    /// <summary>Appends to a log that nothing is measured on, where figures of different moments are compared: a process that was just started gets faster for some seconds.</summary>
    public static async Task WarmUpAsync(Field field, int inFlight, CancellationToken cancellationToken)
    {
        int log = field.NewLog();
        foreach (IContestant contestant in field.Contestants)
        {
            await using IAppender appender = await contestant.OpenAppenderAsync(log, cancellationToken);
            await RunAsync([appender], AppendRun.For(inFlight, WarmUp), cancellationToken);
        }
    }

    /// <summary>Rounds of appends to some logs at once.</summary>
    public static async Task<Rounds> MeasureAsync(Field field, int firstLog, int logs, int inFlight, CancellationToken cancellationToken)
    {
        var appenders = new Dictionary<string, IAppender[]>();
        var tails = new List<string>();
        foreach (IContestant contestant in field.Contestants)
        {
            var opened = new List<IAppender>();
            for (int i = 0; i < logs; i++)
                opened.Add(await contestant.OpenAppenderAsync(firstLog + i, cancellationToken));

            appenders.Add(contestant.Name, [.. opened]);
            await RunAsync(appenders[contestant.Name], AppendRun.For(inFlight, field.Options.Length / 2), cancellationToken);
        }

        Rounds rounds = await Rounds.TakeAsync(field.Contestants, field.Options.Rounds, contestant => Field.MeasureAsync(contestant, async () =>
        {
            var run = AppendRun.For(inFlight, field.Options.Length);
            await RunAsync(appenders[contestant.Name], run, cancellationToken);
            tails.Add(FormattableString.Invariant($"{contestant.Name} {run.Quantile(0.5) / 1000:0.00}/{run.Quantile(0.99) / 1000:0.00}"));
            return (run.PerSecond, run.Done);
        }));
        field.Report.Say($"  p50/p99 of an append in ms, round by round: {string.Join(", ", tails)}");
        foreach (IAppender appender in appenders.Values.SelectMany(opened => opened))
            await appender.DisposeAsync();

        return rounds;
    }

    private static async Task RunAsync(IAppender[] appenders, AppendRun run, CancellationToken cancellationToken)
    {
        await Task.WhenAll(appenders.Select(appender => Task.Run(() => appender.RunAsync(run, cancellationToken), cancellationToken)));
        run.Stop();
    }

    private static void Judge(Field field, string what, Rounds rounds, double leastOfRedis, double leastOfPostgres)
    {
        Judge(field, $"{what}, times Redis", rounds.Ratio(field.Relay.Name, Field.Redis), leastOfRedis);
        Judge(field, $"{what}, times PostgreSQL", rounds.Ratio(field.Relay.Name, Field.Postgres), leastOfPostgres);
        if (!rounds.Has(Field.OnPostgres))
            return;

        // The bounds are those of the default database.
        Judge(field, $"{what}, relay on PostgreSQL, times Redis", rounds.Ratio(Field.OnPostgres, Field.Redis), double.NaN);
        Judge(field, $"{what}, relay on PostgreSQL, times PostgreSQL", rounds.Ratio(Field.OnPostgres, Field.Postgres), double.NaN);
    }

    // Nothing is promised for one at a time.
    private static void Judge(Field field, string what, double ratio, double least)
    {
        if (!double.IsNaN(least))
            field.Report.Bound(what, ratio, least, isLeast: true);
        else if (!double.IsNaN(ratio))
            field.Report.Say($"    {what}: {ratio:0.00}");
    }
}

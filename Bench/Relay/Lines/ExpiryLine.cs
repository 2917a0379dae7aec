using System.Diagnostics;

namespace ZeroKSync.Bench.Relay;

/// <summary>A week's blobs that are all due at once: appends before, and from then on until enough was seen or they are gone.</summary>
internal static class ExpiryLine
{
    private const string Expired = "zks_storage_expired_rows_total";
    private const int InFlight = 32;
    private const int FillInFlight = 512;
    private const double MostTimesBefore = 3;
    // Blobs of one session: an epoch of its keys ends it at 2^21 frames.
    private const int PerSession = 50_000;
    // To fill, at the least rate that this is run at; and for all of them to go.
    private const int FillPerSecond = 8_000;
    // Of a line, for each round of another: its figure is a tail.
    private const int RoundsForOne = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    public static async Task MeasureAsync(Field field, CancellationToken cancellationToken)
    {
        RelayContestant relay = field.Relay;
        int due = field.Options.ExpiredBlobs;
        int rounds = RoundsForOne * field.Options.Rounds;
        long goneBefore = await relay.CountAsync(Expired, cancellationToken);
        TimeSpan life = TimeSpan.FromSeconds(due / FillPerSecond);
        var sinceFilling = Stopwatch.StartNew();
        await FillAsync(relay, field.NewLog(), due, () => life - sinceFilling.Elapsed, cancellationToken);
        await using IAppender pushing = await relay.OpenAppenderAsync(field.NewLog(), cancellationToken);
        var before = new List<double>();
        while (before.Count < rounds && await GoneAsync() == 0)
        {
            double p99 = await RoundAsync();
            // A round in which it began is of neither kind.
            if (await GoneAsync() == 0)
                before.Add(p99);
        }

        var patience = Stopwatch.StartNew();
        while (await GoneAsync() == 0 && patience.Elapsed < life + Patience)
            await PauseAsync(cancellationToken);

        var going = Stopwatch.StartNew();
        var during = new List<double>();
        while (during.Count < rounds && await GoneAsync() < due && patience.Elapsed < life + Patience)
        {
            double p99 = await RoundAsync();
            if (await GoneAsync() < due)
                during.Add(p99);
        }

        long goneUnderLoad = await GoneAsync();
        double secondsUnderLoad = going.Elapsed.TotalSeconds;
        while (await GoneAsync() < due && patience.Elapsed < life + Patience)
            await PauseAsync(cancellationToken);

        long gone = await GoneAsync();
        field.Report.Say($"{due} blobs due at once: {goneUnderLoad} gone in {secondsUnderLoad:0.0} s beside the pushes, {gone} in {going.Elapsed.TotalSeconds:0.0} s");
        field.Report.Say($"    push p99 with {InFlight} in flight, ms, round by round: before {Text(before)}; meanwhile {Text(during)}");
        field.Report.Bound($"push p99 while {due} blobs expire, times that before", Quantiles.Median(during) / Quantiles.Median(before), MostTimesBefore, isLeast: false);
        field.Report.Bound("expired blobs, share gone", gone / (double)due, 1, isLeast: true);

        async Task<long> GoneAsync() => await relay.CountAsync(Expired, cancellationToken) - goneBefore;

        async Task<double> RoundAsync()
        {
            var run = AppendRun.For(InFlight, field.Options.Length);
            await pushing.RunAsync(run, cancellationToken);
            return run.Quantile(0.99) / 1000;
        }
    }

    private static Task PauseAsync(CancellationToken cancellationToken)
    {
#pragma warning disable RS0030 // A measurement runs on real time.
        return Task.Delay(Step, TimeProvider.System, cancellationToken);
#pragma warning restore RS0030
    }

    // Due at the same moment, whenever they were pushed.
    private static async Task FillAsync(RelayContestant relay, int log, int due, Func<TimeSpan> left, CancellationToken cancellationToken)
    {
        for (int missing = due; missing > 0; missing -= PerSession)
        {
            await using RelayAppender appender = await relay.OpenAppenderAsync(log, (uint)Math.Max(1, left().TotalSeconds), cancellationToken);
            await appender.RunAsync(AppendRun.Of(FillInFlight, Math.Min(missing, PerSession)), cancellationToken);
        }
    }

    private static string Text(List<double> milliseconds) => string.Join(' ', milliseconds.Select(value => FormattableString.Invariant($"{value:0.00}")));
}

namespace ZeroKSync.Bench.Relay;

/// <summary>Whether any figure moves with the length of the log.</summary>
internal static class GrowthLine
{
    private const int InFlight = 32;
    private const double LeastShareOfShortest = 0.8;
    private const double MostRestartSeconds = 1;

    // Each length begins with processes that were started anew for the line before.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    public static async Task MeasureAsync(Field field, CancellationToken cancellationToken)
    {
        double shortest = double.NaN;
        foreach (int length in field.Options.LogLengths)
        {
            // A log of its own for each length: what follows it once is a device of its group for good.
            int log = field.NewLog();
            foreach (IContestant contestant in field.Contestants)
                await contestant.FillAsync(log, length, cancellationToken);

            await AppendLine.WarmUpAsync(field, InFlight, WarmUp, cancellationToken);
            Rounds appends = await AppendLine.MeasureAsync(field, log, logs: 1, InFlight, cancellationToken);
            field.Report.Row($"log of {length}: durable appends, {InFlight} in flight", "1/s", appends);
            (Rounds p50, _) = await DeliveryLine.MeasureAsync(field, log, cancellationToken);
            field.Report.Row($"log of {length}: append, notify, read, p50", "ms", p50);
            field.Report.Row($"log of {length}: catch-up of the last {CatchUpLine.Blobs}", "MB/s", await CatchUpLine.MeasureAsync(field, log, cancellationToken));
            Rounds restarts = await Rounds.TakeAsync(field.Contestants, field.Options.Rounds, async contestant => new Sample((await contestant.RestartAsync(log, cancellationToken)).TotalSeconds));
            field.Report.Row($"log of {length}: from the start of the process to the first read", "s", restarts);

            double rate = appends.Median(field.Relay.Name);
            shortest = double.IsNaN(shortest) ? rate : shortest;
            field.Report.Bound($"append at {length}, share of that at {field.Options.LogLengths[0]}", rate / shortest, LeastShareOfShortest, isLeast: true);
            field.Report.Bound($"restart at {length}, s", restarts.Median(field.Relay.Name), MostRestartSeconds, isLeast: false);
        }
    }
}

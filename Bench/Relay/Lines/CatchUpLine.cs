namespace ZeroKSync.Bench.Relay;

/// <summary>A reader that is 10,000 blobs behind reads them all.</summary>
internal static class CatchUpLine
{
    public const int Blobs = 10_000;

    private const double LeastMegabytesPerSecond = 100;

    public static async Task MeasureAsync(Field field, CancellationToken cancellationToken)
    {
        int log = field.NewLog();
        foreach (IContestant contestant in field.Contestants)
            await contestant.FillAsync(log, Blobs, cancellationToken);

        Rounds rounds = await MeasureAsync(field, log, cancellationToken);
        field.Report.Row($"catch-up of {Blobs} blobs", "MB/s", rounds);
        field.Report.Bound("catch-up, MB/s", rounds.Median(field.Relay.Name), LeastMegabytesPerSecond, isLeast: true);
    }

    public static async Task<Rounds> MeasureAsync(Field field, int log, CancellationToken cancellationToken)
    {
        foreach (IContestant contestant in field.Contestants)
            await ReadAsync(contestant, log, cancellationToken);

        // A round is short: more of them cost little.
        return await Rounds.TakeAsync(field.Contestants, 3 * field.Options.Rounds, contestant => Field.MeasureAsync(contestant, async () =>
        {
            CatchUp read = await ReadAsync(contestant, log, cancellationToken);
            return (read.MegabytesPerSecond, read.Blobs);
        }));
    }

    private static async Task<CatchUp> ReadAsync(IContestant contestant, int log, CancellationToken cancellationToken)
    {
        CatchUp read = await contestant.CatchUpAsync(log, Blobs, cancellationToken);
        return read.Blobs == Blobs ? read : throw new InvalidOperationException($"{contestant.Name} gave {read.Blobs} blobs of {Blobs}.");
    }
}

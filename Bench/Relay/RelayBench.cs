using ZeroKSync.Bench.Push;

namespace ZeroKSync.Bench.Relay;

/// <summary>
/// The same work by this relay, by Redis streams and by PostgreSQL, one after another on this machine, clients and servers together. The
/// machine is shared, so only the ratios of one run mean something.
/// </summary>
internal sealed class RelayBench(FileInfo relayExecutable, TextWriter output, RelayBenchOptions options)
{
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const int WarmUpBlobs = 100_000;
    private readonly Report _report = new(output);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var disk = new Workspace(inMemory: false);
        // PostgreSQL runs as somebody else and must get to its folder.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(disk.Path, Passable);

        var contestants = new List<IContestant>();
        try
        {
            RelayContestant relay = await RelayContestant.StartAsync(relayExecutable.FullName, disk.Sub("relay"), cancellationToken);
            contestants.Add(relay);
            if (!options.Without.Contains(Field.OnPostgres))
                contestants.Add(await RelayContestant.StartOnPostgresAsync(relayExecutable.FullName, disk.Sub("relay-postgres"), cancellationToken));

            if (!options.Without.Contains(Field.Redis))
                contestants.Add(await RedisContestant.StartAsync(disk.Sub("redis"), cancellationToken));

            if (!options.Without.Contains(Field.Postgres))
                contestants.Add(await PostgresContestant.StartAsync(disk.Sub("postgres"), cancellationToken));

            _report.Say($"{Environment.ProcessorCount} processors, {options.Rounds} rounds of {options.Length.TotalSeconds:0} s, medians; the disk syncs 1 KiB {SyncRate.Measure(disk.Path, TimeSpan.FromSeconds(1)):0} times a second");
            foreach (IContestant contestant in contestants)
                _report.Say($"  {contestant.Name}: {contestant.Settings}");

            var field = new Field(contestants, relay, options, _report);
            // What a server does once, as compiling is, belongs to no figure.
            int warm = field.NewLog();
            foreach (IContestant contestant in contestants)
                await contestant.FillAsync(warm, WarmUpBlobs, cancellationToken);

            foreach (RelayLine line in options.Only.Length > 0 ? options.Only : Enum.GetValues<RelayLine>())
                await MeasureAsync(line, field, cancellationToken);

            _report.Summarise();
            return _report.HasMissed ? 1 : 0;
        }
        finally
        {
            foreach (IContestant contestant in contestants)
                await contestant.DisposeAsync();
        }
    }

    private static Task MeasureAsync(RelayLine line, Field field, CancellationToken cancellationToken) => line switch
    {
        RelayLine.Append => AppendLine.MeasureAsync(field, cancellationToken),
        RelayLine.Spread => AppendLine.MeasureSpreadAsync(field, cancellationToken),
        RelayLine.Delivery => DeliveryLine.MeasureAsync(field, cancellationToken),
        RelayLine.CatchUp => CatchUpLine.MeasureAsync(field, cancellationToken),
        RelayLine.Groups => GroupsLine.MeasureAsync(field, cancellationToken),
        RelayLine.Idle => IdleLine.MeasureAsync(field, cancellationToken),
        RelayLine.Growth => GrowthLine.MeasureAsync(field, cancellationToken),
        RelayLine.Expiry => ExpiryLine.MeasureAsync(field, cancellationToken),
        _ => LayersLine.MeasureAsync(field, cancellationToken),
    };
}

namespace ZeroKSync.Bench.Relay;

/// <summary>
/// Where the processor time of a push goes in the relay: by the threads it is spent on, since each layer has its own, and this process's share
/// beside it.
/// </summary>
internal static class LayersLine
{
    private static readonly int[] Shapes = [1, 32, 256];

    // Names as the kernel has them: 15 characters.
    private static readonly (string Thread, string Layer)[] Layers =
    [
        ("zks quic", "transport: QUIC and UDP"),
        ("zks storage wri", "storage: the writer, with its syncs"),
        ("zks storage rea", "storage: readers"),
        (".NET TP", "pool: sessions' crypto and codec, gateway, grains"),
        (".NET Server GC", "collector"),
        (".NET BGC", "collector"),
        (".NET Tiered", "compiler"),
    ];

    public static async Task MeasureAsync(Field field, CancellationToken cancellationToken)
    {
        foreach (int inFlight in Shapes)
        {
            await using IAppender appender = await field.Relay.OpenAppenderAsync(field.NewLog(), cancellationToken);
            await appender.RunAsync(AppendRun.For(inFlight, field.Options.Length), cancellationToken);
            Dictionary<string, TimeSpan> before = ProcessTree.ThreadTimes(field.Relay.ProcessId);
            var run = AppendRun.For(inFlight, field.Options.Length * field.Options.Rounds);
            Sample sample = await Field.MeasureAsync(field.Relay, async () =>
            {
                await appender.RunAsync(run, cancellationToken);
                run.Stop();
                return (run.PerSecond, run.Done);
            });
            Dictionary<string, TimeSpan> after = ProcessTree.ThreadTimes(field.Relay.ProcessId);
            field.Report.Say($"processor time of a push, {inFlight} in flight, {run.PerSecond:0}/s: relay {sample.ServerMicroseconds:0.0} us, client {sample.ClientMicroseconds:0.0} us");
            // A thread that has ended took its time with it.
            foreach (IGrouping<string, (string Thread, double Microseconds)> layer in after
                .Select(entry => (Thread: entry.Key, Microseconds: Math.Max(0, (entry.Value - before.GetValueOrDefault(entry.Key)).TotalMicroseconds) / run.Done))
                .GroupBy(entry => LayerOf(entry.Thread))
                .OrderByDescending(layer => layer.Sum(entry => entry.Microseconds)))
            {
                field.Report.Say($"    {layer.Sum(entry => entry.Microseconds),7:0.0} us  {layer.Key}");
            }
        }
    }

    private static string LayerOf(string thread) =>
        Layers.Where(layer => thread.StartsWith(layer.Thread, StringComparison.Ordinal)).Select(layer => layer.Layer).FirstOrDefault("other threads");
}

using System.Diagnostics;

namespace ZeroKSync.Bench.Relay;

/// <summary>Many groups of 10 blobs, each by a client of its own that comes, appends and leaves; then an append beside them.</summary>
internal static class GroupsLine
{
    private const int BlobsOfGroup = 10;
    private const int AtOnce = 16;
    private const int InFlight = 32;
    private const double LeastShareOfBefore = 0.8;

    public static async Task MeasureAsync(Field field, CancellationToken cancellationToken)
    {
        await AppendLine.WarmUpAsync(field, InFlight, cancellationToken);
        int log = field.NewLog();
        Rounds before = await AppendLine.MeasureAsync(field, log, logs: 1, InFlight, cancellationToken);
        int groups = field.Options.Groups;
        int first = field.NewLog();
        for (int i = 1; i < groups; i++)
            field.NewLog();

        var rates = new Rounds();
        foreach (IContestant contestant in field.Contestants)
        {
            long memory = contestant.MemoryBytes;
            rates.Add(contestant.Name, await Field.MeasureAsync(contestant, async () =>
            {
                var watch = Stopwatch.StartNew();
                await MakeAsync(contestant, first, groups, cancellationToken);
                return (groups / watch.Elapsed.TotalSeconds, groups);
            }));
            field.Report.Say($"  {contestant.Name}: {(contestant.MemoryBytes - memory) / 1024.0 / groups:0.0} KiB more memory for each group");
        }

        field.Report.Row($"{groups} groups of {BlobsOfGroup} blobs, {AtOnce} at once, a client for each", "1/s", rates);
        Rounds after = await AppendLine.MeasureAsync(field, log, logs: 1, InFlight, cancellationToken);
        field.Report.Row($"durable appends beside {groups} groups, {InFlight} in flight on one log", "1/s", after);
        field.Report.Bound($"append beside {groups} groups, share of that before them", after.Median(field.Relay.Name) / before.Median(field.Relay.Name), LeastShareOfBefore, isLeast: true);
    }

    private static Task MakeAsync(IContestant contestant, int first, int groups, CancellationToken cancellationToken)
    {
        int next = 0;
        return Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(
            async () =>
            {
                while (Interlocked.Increment(ref next) is var taken && taken <= groups)
                {
                    await using IAppender appender = await contestant.OpenAppenderAsync(first + taken - 1, cancellationToken);
                    await appender.RunAsync(AppendRun.Of(BlobsOfGroup, BlobsOfGroup), cancellationToken);
                }
            },
            cancellationToken)));
    }
}

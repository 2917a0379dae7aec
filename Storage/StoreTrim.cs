using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage;

/// <summary>All that may be trimmed, now.</summary>
internal static class StoreTrim
{
    private const int ExpireRowsMax = 1024;
    private const int SweepGroupsMax = 1024;

    public static async Task<(long Expired, long Trimmed)> RunAsync(IBlobLog log, TrimPolicy policy, CancellationToken cancellationToken)
    {
        // Delivered rows go first: expiry would make holes of them.
        long trimmed = await SweepAsync(log, policy, cancellationToken);
        long expired = 0;
        while (await log.ExpireAsync(policy.NowMs, ExpireRowsMax, cancellationToken) is > 0 and int rows)
            expired += rows;

        trimmed += await SweepAsync(log, policy, cancellationToken);
        return (expired, trimmed);
    }

    private static async Task<long> SweepAsync(IBlobLog log, TrimPolicy policy, CancellationToken cancellationToken)
    {
        long rows = 0;
        long? after = 0;
        while (after is { } next)
        {
            SweepResult result = await log.SweepAsync(
                new SweepRequest
                {
                    After = next,
                    GroupsMax = SweepGroupsMax,
                    RowsMax = TrimRequest.RowsMax,
                    StoredThroughMs = Before(policy.NowMs, policy.DeliveredRetention),
                    HolesThroughMs = Before(policy.NowMs, policy.HoleRetention),
                },
                cancellationToken);
            rows += result.Rows;
            after = result.Next;
        }

        return rows;
    }

    private static ulong Before(ulong nowMs, TimeSpan span)
    {
        ulong ms = (ulong)span.TotalMilliseconds;
        return nowMs > ms ? nowMs - ms : 0;
    }
}

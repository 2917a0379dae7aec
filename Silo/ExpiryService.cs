using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Silo;

/// <summary>
/// Trims delivered rows of groups nobody writes to, then frees the envelopes whose time is over, a few at a time; readers see those as
/// expired already before.
/// </summary>
internal sealed partial class ExpiryService(IBlobLog log, RelayClock clock, IOptions<GroupOptions> options, TimeProvider time, ILogger<ExpiryService> logger) : BackgroundService
{
    // Rows of one transaction: what a push may have to wait for.
    private const int RowsMax = 64;
    private const int GroupsMax = 256;

    // A sweep looks at every group.
    private const int TicksPerSweep = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        for (int tick = 0; await timer.WaitForNextTickAsync(stoppingToken); tick++)
        {
            try
            {
                // Before expiry, which would make holes of what was delivered.
                if (tick % TicksPerSweep == 0)
                    await SweepAsync(stoppingToken);

                await ExpireAsync(stoppingToken);
            }
            catch (StorageException exception)
            {
                Failed(logger, exception.Kind);
            }
        }
    }

    private async Task ExpireAsync(CancellationToken stoppingToken)
    {
        long expired = 0;
        while (await log.ExpireAsync(clock.NowMs, RowsMax, stoppingToken) is > 0 and int rows)
            expired += rows;

        if (expired > 0)
            Expired(logger, expired);
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        long trimmed = 0;
        long? after = 0;
        while (after is { } next)
        {
            SweepResult result = await log.SweepAsync(
                new SweepRequest
                {
                    After = next,
                    GroupsMax = GroupsMax,
                    RowsMax = RowsMax,
                    StoredThroughMs = Before(options.Value.DeliveredRetention),
                    HolesThroughMs = Before(options.Value.HoleRetention),
                },
                stoppingToken);
            trimmed += result.Rows;
            after = result.Next;
        }

        if (trimmed > 0)
            Trimmed(logger, trimmed);
    }

    private ulong Before(TimeSpan span)
    {
        ulong ms = (ulong)span.TotalMilliseconds;
        return clock.NowMs > ms ? clock.NowMs - ms : 0;
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "{Rows} rows expired")]
    private static partial void Expired(ILogger logger, long rows);

    [LoggerMessage(EventId = 304, Level = LogLevel.Information, Message = "{Rows} rows of idle groups trimmed")]
    private static partial void Trimmed(ILogger logger, long rows);

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "Expiry failed: {Kind}")]
    private static partial void Failed(ILogger logger, StorageErrorKind kind);
}

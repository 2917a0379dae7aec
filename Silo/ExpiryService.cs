using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Silo;

/// <summary>Frees the envelopes whose time is over, a few at a time; readers see them as expired already before.</summary>
internal sealed partial class ExpiryService(IBlobLog log, RelayClock clock, TimeProvider time, ILogger<ExpiryService> logger) : BackgroundService
{
    private const int RowsMax = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                int expired;
                do
                {
                    expired = await log.ExpireAsync(clock.NowMs, RowsMax, stoppingToken);
                    if (expired > 0)
                        Expired(logger, expired);
                }
                while (expired == RowsMax);
            }
            catch (StorageException exception)
            {
                Failed(logger, exception.Kind);
            }
        }
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "{Rows} rows expired")]
    private static partial void Expired(ILogger logger, int rows);

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "Expiry failed: {Kind}")]
    private static partial void Failed(ILogger logger, StorageErrorKind kind);
}

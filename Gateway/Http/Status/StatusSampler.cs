using Microsoft.Extensions.Hosting;

namespace ZeroKSync.Gateway.Http.Status;

/// <summary>Takes a reading now and then, so that whoever opens the page sees the minutes before.</summary>
public sealed class StatusSampler(StatusFigures figures, StatusHistory history, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(StatusHistory.Interval, time);
        history.Add(figures.Read());
        while (await timer.WaitForNextTickAsync(stoppingToken))
            history.Add(figures.Read());
    }
}

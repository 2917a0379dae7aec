using System.Diagnostics;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Telemetry;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// A subscription: pages from its cursor on, then each new one as it is committed. It holds one page; a reader that does not read is paused
/// by flow control. Every page starts where the one before ended, so there is no gap and no overlap. What was pushed over this gateway and
/// follows at once is not read back.
/// </summary>
internal sealed class SubscriptionLane(SealedChannel channel, Membership membership, SessionObserver observer, GatewayServices services)
{
    private const int PageEntriesMax = 256;

    public async Task RunAsync(Cursor after, CancellationToken cancellationToken)
    {
        services.Subscribers.Add(membership.Group, membership.Device, observer);
        observer.Feed(isFed: true);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task sending = SendAsync(after, stop.Token), reading = ReadOnAsync(stop.Token);
        try
        {
            await await Task.WhenAny(sending, reading);
            await sending;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(sending, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            services.Subscribers.Remove(membership.Group, observer);
            observer.Feed(isFed: false);
        }
    }

    // SUBSCRIBE was the last request. Its stream is read on for its end, for frames that only move it to new keys, and to hear that it was given up.
    private async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        do
        {
            if (channel.TryReceive(Limits.FrameBytes, out _))
                throw new StreamGivenUpException(StreamAbort.Unwanted);
        }
        while (await channel.FillAsync(mayRest: true, cancellationToken));
    }

    private async Task SendAsync(Cursor after, CancellationToken cancellationToken)
    {
        var feed = new SubscriptionFeed(ReadAsync, SendPageAsync, observer.HeadMoved);
        ReadResult end = await feed.RunAsync(after, cancellationToken);
        Error error = Pages.ToError(end);
        services.Metrics.Refused(error.Reason);
        channel.Append(error);
        await channel.FlushAsync(endStream: true, cancellationToken);
    }

    private async Task SendPageAsync(ReadPage page, CancellationToken cancellationToken)
    {
        long bytes = Pages.Bytes(page);
        using Activity? span = GatewaySpans.Deliver(page.Entries.Length);
        services.Memory.Take(bytes);
        try
        {
            await channel.SendAsync(Pages.ToMessage(page), cancellationToken);
        }
        finally
        {
            services.Memory.Release(bytes);
        }

        services.Metrics.DeliveredEntries.Add(page.Entries.Length);
    }

    private async Task<ReadResult> ReadAsync(Cursor position, CancellationToken cancellationToken)
    {
        if (observer.TakeFresh(position) is { } fresh)
            return fresh;

        while (services.Memory.IsOver)
        {
            services.Metrics.Paused(GatewayLimit.BytesInHand, Pages.Pause);
            await Task.Delay(Pages.Pause, services.Time, cancellationToken);
        }

        using Activity? span = GatewaySpans.Read();
        try
        {
            return await membership.GroupGrain.ReadAsync(
                new ReadQuery { Reader = membership.Device, After = position, CountMax = PageEntriesMax, BytesMax = Pages.BytesMax(services.Memory), Own = false },
                cancellationToken);
        }
        catch (Exception exception) when (GrainFailures.IsOutcomeUnknown(exception))
        {
            GrainFailures.Log(services.Logger, exception);
            return new ReadRefused { Refusal = new Refusal { Reason = RefusalReason.Unavailable, Detail = [] } };
        }
    }
}

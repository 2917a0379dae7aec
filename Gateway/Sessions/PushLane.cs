using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Telemetry;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// The push stream of a session. One batch is with the group at a time; what arrives meanwhile is the next. Its memory is that of
/// three batches: one is answered while the next is with the group. A device that sends faster than it may, a gateway with too much in
/// hand, storage with too much waiting: none of them is a refusal, the stream is read later.
/// </summary>
internal sealed class PushLane(SealedChannel channel, Membership membership, GatewayServices services, DeviceLease pace, InFlight inFlight)
{
    private const int GatherTries = 500;

    // Pauses end within this, so that what changed is seen; and a shorter one than the timer's own step is none.
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(2);
    // How long a batch is gathered while nothing is with the group; by tries where the clock stands still.
    private static readonly TimeSpan GatherMax = TimeSpan.FromMicroseconds(300);

    private readonly ImmutableArray<AppendEntry>.Builder _next = ImmutableArray.CreateBuilder<AppendEntry>();
    private readonly GatherPatience _patience = new();
    private ImmutableArray<AppendEntry> _sent = [];
    private int _nextBytes;
    private int _sentBytes;
    private int _expected;

    // Batches that are with the group or wait for their answers: two at most.
    private int _begun;
    private long _nextReadAt;
    private long _sentReadAt;
    private bool _isEnded;
    private Error? _badMessage;

    /// <summary>Serves the stream from its first message on.</summary>
    public async Task RunAsync(ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
    {
        try
        {
            Take(first);
            await RunAsync(cancellationToken);
        }
        finally
        {
            services.Memory.Release(_nextBytes + _sentBytes);
            while (_begun > 0)
                End();
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        Task<AppendResult>? appending = null;
        Task<bool>? filling = null;
        Task? pause = null;
        while (true)
        {
            // While bytes are waited for nothing whole is left, and the frames are not this lane's to look at.
            if (filling is null)
                pause ??= Gather(cancellationToken);

            if (appending is null && _next.Count > 0)
            {
                bool isWaitedFor = IsWorthWaiting && pause is null && _patience.MayWait();
                long start = services.Time.GetTimestamp();
                for (int i = 0; i < GatherTries && isWaitedFor && IsWorthWaiting && pause is null && services.Time.GetElapsedTime(start) < GatherMax; i++)
                {
                    filling ??= channel.FillAsync(mayRest: true, cancellationToken).AsTask();
                    if (filling.IsCompleted)
                    {
                        _isEnded = !await filling;
                        filling = null;
                        pause = Gather(cancellationToken);
                    }
                    else
                    {
                        await Task.Yield();
                    }
                }

                if (isWaitedFor)
                    _patience.Waited(isWhole: !IsWorthWaiting);

                // The relay stops: what was read and not begun is sent again to the next one.
                if (!TryBegin())
                    break;

                appending = AppendAsync(cancellationToken);
                continue;
            }

            if (appending is null && pause is null && (_isEnded || _badMessage is not null))
                break;

            if (filling is null && pause is null && !IsFull && !_isEnded && _badMessage is null)
                filling = channel.FillAsync(mayRest: true, cancellationToken).AsTask();

            await Task.WhenAny(new Task?[] { appending, filling, pause }.OfType<Task>());
            if (pause is { IsCompleted: true })
            {
                await pause;
                pause = null;
            }

            if (filling is { IsCompleted: true })
            {
                _isEnded = !await filling;
                filling = null;
            }

            if (appending is { IsCompleted: true })
            {
                AppendResult result = await appending;
                ImmutableArray<AppendEntry> answered = _sent;
                long readAt = _sentReadAt;
                bool isHandedOn = TryHandOn(answered, result);
                services.Memory.Release(_sentBytes);
                _sentBytes = 0;
                if (filling is null)
                    pause ??= Gather(cancellationToken);

                // The group does not wait while these are answered. But of a few it does not make a batch before their sender has its answers.
                bool isBatch = 2 * _next.Count >= answered.Length;
                appending = result.Refusal is null && isBatch && _next.Count > 0 && TryBegin() ? AppendAsync(cancellationToken) : null;
                _expected = answered.Length + (isBatch ? 0 : _next.Count);
                // Who waits for the rows goes first: the sender has them, and its answer would make the others wait for as long as it takes.
                if (isHandedOn)
                    await Task.Yield();

                if (!await AnswerAsync(answered, result, readAt, cancellationToken))
                    return;

                End();
            }
        }

        if (_badMessage is { } error)
            await RefuseAsync(error, cancellationToken);
        else
            await channel.FlushAsync(endStream: true, cancellationToken);
    }

    // Who was answered sends as many again, and they come within moments of the first: one transaction takes them all.
    private bool IsWorthWaiting => _next.Count < _expected && !IsFull && !_isEnded && _badMessage is null;

    private bool TryBegin()
    {
        bool mayBegin = inFlight.TryBegin();
        _begun += mayBegin ? 1 : 0;
        return mayBegin;
    }

    private void End()
    {
        _begun--;
        inFlight.End();
    }

    private bool IsFull => _next.Count >= GrainLimits.AppendEntriesMax || _nextBytes >= GrainLimits.AppendBytesMax;

    // What has arrived whole, up to one batch; the pause before more may be read, or null where none is needed.
    private Task? Gather(CancellationToken cancellationToken)
    {
        while (!IsFull && _badMessage is null)
        {
            if (MustPause(out GatewayLimit limit, out TimeSpan wait))
            {
                TimeSpan time = wait < PauseMin ? PauseMin : wait > PauseMax ? PauseMax : wait;
                services.Metrics.Paused(limit, time);
                return Task.Delay(time, services.Time, cancellationToken);
            }

            if (!channel.TryReceive(Limits.FrameBytes, out ReadOnlyMemory<byte> message))
                break;

            Take(message);
        }

        return null;
    }

    private bool MustPause(out GatewayLimit limit, out TimeSpan wait)
    {
        if (!pace.MayPush(out limit, out wait))
            return true;

        (limit, wait) = (GatewayLimit.BytesInHand, Pages.Pause);
        return services.Memory.IsOver;
    }

    private void Take(ReadOnlyMemory<byte> message)
    {
        pace.Pushed();
        if (!MessageCodec.TryDecode(message, out Push? push))
        {
            bool isOther = MessageCodec.TryReadCode(message, out MessageCode code) && code != MessageCode.Push;
            _badMessage = Refusals.Of(isOther ? ErrorCode.UnexpectedMessage : ErrorCode.InvalidMessage, 0);
            return;
        }

        services.Memory.Take(push.Envelope.Length);
        if (_next.Count == 0)
            _nextReadAt = services.Time.GetTimestamp();

        _nextBytes += push.Envelope.Length;
        _next.Add(new AppendEntry
        {
            BlobId = push.BlobId,
            KeyEpoch = push.KeyEpoch,
            FirstSeq = push.FirstSeq,
            SenderSeq = push.SenderSeq,
            TtlSeconds = push.TtlSeconds,
            // The frame's memory is used again while the batch is with the group.
            Envelope = push.Envelope.ToArray(),
        });
    }

    private async Task<AppendResult> AppendAsync(CancellationToken cancellationToken)
    {
        var batch = new AppendBatch { Sender = membership.Device, Entries = _next.ToImmutable(), Served = services.Subscribers.DevicesOf(membership.Group) };
        _sent = batch.Entries;
        _sentBytes = _nextBytes;
        _sentReadAt = _nextReadAt;
        _next.Clear();
        _nextBytes = 0;
        using Activity? span = GatewaySpans.Push(batch.Entries.Length, _sentBytes);
        long start = services.Time.GetTimestamp();
        while (true)
        {
            AppendResult result = await AppendOnceAsync(batch, cancellationToken);
            bool isOverloaded = result is { Receipts.IsEmpty: true, Refusal.Reason: RefusalReason.Overloaded };
            if (!isOverloaded || services.Time.GetElapsedTime(start) >= services.Options.StreamDeadline)
                return result;

            // Nothing was stored, and that is known. Others wait as well: not all of them come back at once.
            var wait = TimeSpan.FromMilliseconds((result.Refusal!.RetryAfterMs ?? 1000) * (0.5 + (RandomNumberGenerator.GetInt32(1000) / 1000.0)));
            services.Metrics.Paused(GatewayLimit.StorageQueue, wait);
            await Task.Delay(wait, services.Time, cancellationToken);
        }
    }

    private async Task<AppendResult> AppendOnceAsync(AppendBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            return await membership.GroupGrain.AppendAsync(batch, cancellationToken);
        }
        catch (Exception exception) when (GrainFailures.IsOutcomeUnknown(exception))
        {
            GrainFailures.Log(services.Logger, exception);
            return new AppendResult { Receipts = [], Refusal = new Refusal { Reason = RefusalReason.Unavailable, Detail = [0] } };
        }
    }

    // To the subscriptions of this gateway, which need not read what is here; false where there are none.
    private bool TryHandOn(ImmutableArray<AppendEntry> entries, AppendResult result)
    {
        if (result.Stored is not { } stored || !services.Subscribers.Has(membership.Group))
            return false;

        var rows = ImmutableArray.CreateBuilder<PageEntry>(result.Receipts.Length);
        for (int i = 0; i < result.Receipts.Length; i++)
        {
            if (!result.Receipts[i].Duplicate)
                rows.Add(ToRow(entries[i], result.Receipts[i]));
        }

        var page = new ReadPage
        {
            Entries = rows.DrainToImmutable(),
            ThroughCursor = stored.HeadCursor,
            HasMore = false,
            OldestCursor = stored.OldestCursor,
            HeadCursor = stored.HeadCursor,
        };
        var after = new Cursor(stored.HeadCursor.Value - (ulong)page.Entries.Length);
        services.Subscribers.Tell(membership.Group, membership.Device, new FreshPage(after, page, services.Time.GetTimestamp()), stored.Readers);
        return true;
    }

    private PageEntry ToRow(AppendEntry entry, AppendReceipt receipt) => new()
    {
        Cursor = receipt.Cursor,
        State = EntryState.Blob,
        Sender = membership.Device,
        BlobId = entry.BlobId,
        KeyEpoch = entry.KeyEpoch,
        FirstSeq = entry.FirstSeq,
        SenderSeq = entry.SenderSeq,
        TimestampMs = receipt.TimestampMs,
        Envelope = entry.Envelope,
    };

    private async ValueTask<bool> AnswerAsync(ImmutableArray<AppendEntry> entries, AppendResult result, long readAt, CancellationToken cancellationToken)
    {
        long bytes = 0;
        for (int i = 0; i < result.Receipts.Length; i++)
        {
            AppendReceipt receipt = result.Receipts[i];
            bytes += entries[i].Envelope.Length;
            channel.Append(new PushAck(entries[i].BlobId, receipt.Cursor, receipt.TimestampMs, receipt.Duplicate));
        }

        services.Metrics.Pushes.Add(result.Receipts.Length);
        services.Metrics.PushedBytes.Add(bytes);
        if (result.Refusal is { } refusal)
        {
            await RefuseAsync(Refusals.ToError(refusal), cancellationToken);
            return false;
        }

        if (result.Receipts.Length != entries.Length)
            throw new InvalidOperationException("A batch without a refusal has a receipt for each entry.");

        await channel.FlushAsync(endStream: false, cancellationToken);
        services.Metrics.PushDuration.Record(services.Time.GetElapsedTime(readAt).TotalSeconds);
        return true;
    }

    // The rest of the stream is discarded unread: the sender starts a new one.
    private async ValueTask RefuseAsync(Error error, CancellationToken cancellationToken)
    {
        services.Metrics.Refused(error.Reason);
        // The first number is always the expected sequence; 0 where it is not known.
        channel.Append(error.Detail.Count > 0 ? error : error with { Detail = [0] });
        await channel.FlushAsync(endStream: true, cancellationToken);
        channel.Stream.AbortRead((long)CloseCode.Refused);
    }
}

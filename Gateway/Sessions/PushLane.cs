using System.Collections.Immutable;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// The push stream of a session. One batch is with the group at a time; what arrives meanwhile is the next. Its memory is that of two
/// batches. A device that sends faster than it may is not refused: its stream is read later.
/// </summary>
internal sealed class PushLane(SealedChannel channel, Membership membership, GatewayServices services, TokenBucket bucket)
{
    private readonly ImmutableArray<AppendEntry>.Builder _next = ImmutableArray.CreateBuilder<AppendEntry>();
    private ImmutableArray<AppendEntry> _sent = [];
    private int _nextBytes;
    private bool _isEnded;
    private Error? _badMessage;

    /// <summary>Serves the stream from its first message on.</summary>
    public async Task RunAsync(ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
    {
        Take(first);
        Task<AppendResult>? appending = null;
        Task<bool>? filling = null;
        int appendingCount = 0;
        while (true)
        {
            await GatherAsync(cancellationToken);
            if (appending is null && _next.Count > 0)
            {
                appendingCount = _next.Count;
                appending = AppendAsync(cancellationToken);
                continue;
            }

            if (appending is null && (_isEnded || _badMessage is not null))
                break;

            if (filling is null && !IsFull && !_isEnded && _badMessage is null)
                filling = channel.FillAsync(mayRest: true, cancellationToken).AsTask();

            Task done = await Task.WhenAny((Task?)appending ?? filling!, filling ?? (Task)appending!);
            if (done == filling)
            {
                _isEnded = !await filling;
                filling = null;
            }

            if (appending is { IsCompleted: true })
            {
                AppendResult result = await appending;
                appending = null;
                if (!await AnswerAsync(result, appendingCount, cancellationToken))
                    return;
            }
        }

        if (_badMessage is { } error)
            await RefuseAsync(error, cancellationToken);
        else
            await channel.FlushAsync(endStream: true, cancellationToken);
    }

    private bool IsFull => _next.Count >= GrainLimits.AppendEntriesMax || _nextBytes >= GrainLimits.AppendBytesMax;

    // What has arrived whole, up to one batch.
    private async ValueTask GatherAsync(CancellationToken cancellationToken)
    {
        while (!IsFull && _badMessage is null && channel.TryReceive(Limits.FrameBytes, out ReadOnlyMemory<byte> message))
        {
            while (!bucket.TryTake(services.Time.GetElapsedTime(0).Ticks, out TimeSpan wait))
                await Task.Delay(wait, services.Time, cancellationToken);

            Take(message);
        }
    }

    private void Take(ReadOnlyMemory<byte> message)
    {
        if (!MessageCodec.TryDecode(message, out Push? push))
        {
            bool isOther = MessageCodec.TryReadCode(message, out MessageCode code) && code != MessageCode.Push;
            _badMessage = Refusals.Of(isOther ? ErrorCode.UnexpectedMessage : ErrorCode.InvalidMessage, 0);
            return;
        }

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
        var batch = new AppendBatch { Sender = membership.Device, Entries = _next.ToImmutable() };
        _sent = batch.Entries;
        _next.Clear();
        _nextBytes = 0;
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

    private async ValueTask<bool> AnswerAsync(AppendResult result, int count, CancellationToken cancellationToken)
    {
        long bytes = 0;
        for (int i = 0; i < result.Receipts.Length; i++)
        {
            AppendReceipt receipt = result.Receipts[i];
            bytes += _sent[i].Envelope.Length;
            channel.Append(new PushAck(_sent[i].BlobId, receipt.Cursor, receipt.TimestampMs, receipt.Duplicate));
        }

        services.Metrics.Pushes.Add(result.Receipts.Length);
        services.Metrics.PushedBytes.Add(bytes);
        if (result.Refusal is { } refusal)
        {
            await RefuseAsync(Refusals.ToError(refusal), cancellationToken);
            return false;
        }

        if (result.Receipts.Length != count)
            throw new InvalidOperationException("A batch without a refusal has a receipt for each entry.");

        await channel.FlushAsync(endStream: false, cancellationToken);
        return true;
    }

    // The rest of the stream is discarded unread: the sender starts a new one.
    private async ValueTask RefuseAsync(Error error, CancellationToken cancellationToken)
    {
        services.Metrics.Refused(error.Reason);
        channel.Append(error);
        await channel.FlushAsync(endStream: true, cancellationToken);
        channel.Stream.AbortRead((long)CloseCode.Refused);
    }
}

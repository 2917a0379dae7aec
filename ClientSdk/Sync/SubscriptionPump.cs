using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// Reads one relay's log from this device's position on. The next page is asked of the network only when the one before is on disk. A
/// broken chain, or a position the relay no longer has, is read again from the start once before it is called a loss.
/// </summary>
internal sealed class SubscriptionPump(DeviceContext context, Inbox inbox, RelayLink link, AckPump acks, SessionCursors cursors)
{
    private bool _isSecondReading;

    /// <summary>Runs until the session ends.</summary>
    /// <param name="from">This device's position at the relay.</param>
    public async Task RunAsync(Cursor from, CancellationToken cancellationToken)
    {
        Cursor position = from;
        while (true)
        {
            Cursor? restart = await ReadAsync(position, cancellationToken).ConfigureAwait(false);
            if (restart is null)
                return;

            position = restart.Value;
        }
    }

    // Where to begin again, or null where nothing more can be read.
    private async Task<Cursor?> ReadAsync(Cursor position, CancellationToken cancellationToken)
    {
        SealedStream stream = await link.OpenStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = stream.ConfigureAwait(false);
        await stream.SendAsync(new Subscribe(position), endStream: true, cancellationToken).ConfigureAwait(false);
        while (await stream.ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } message)
        {
            if (!MessageCodec.TryDecode(message, out PullResponse? page))
                return await RefusedAsync(message, cancellationToken).ConfigureAwait(false);

            Task retried = inbox.Retried.Next;
            InboxTaken taken = await inbox.TakeAsync(link.Relay, position, page, _isSecondReading, cancellationToken).ConfigureAwait(false);
            acks.Want(taken.Through);
            cursors.Page(position, taken.Through, isCaughtUp: !page.HasMore && !taken.IsFull);
            position = taken.Through;
            if (taken.IsFull)
            {
                context.Board.Update(facts => facts with { ReadFailure = SyncErrorKind.QuarantineFull });
                context.Events.Raise(SyncEventKind.QuarantineFull, "What does not open or is missing fills the room kept for it: nothing more is read from this relay.");
                // Held here: what is not kept is neither passed by nor acknowledged. A new key may make room.
                await retried.WaitAsync(cancellationToken).ConfigureAwait(false);
                context.Board.Update(facts => facts with { ReadFailure = null });
                return taken.Through;
            }

            if (taken.IsBroken && !_isSecondReading)
            {
                _isSecondReading = true;
                return default(Cursor);
            }
        }

        throw new RelayProtocolException(CloseCode.None, "The relay ended a subscription.");
    }

    private async Task<Cursor?> RefusedAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (!MessageCodec.TryDecode(message, out Error? error))
            throw new RelayProtocolException(CloseCode.None, "The relay answered a subscription with something else.");

        if (error.Reason != ErrorCode.ResyncRequired)
            throw RelayErrors.ToException(error);

        if (_isSecondReading)
        {
            context.Board.Update(facts => facts with { ReadFailure = SyncErrorKind.OutOfStep });
            return null;
        }

        // Positions go back only here, by this device's own decision; nothing in the inbox is touched.
        await context.Store.RunAsync(
            transaction =>
            {
                if (transaction.Relays.Find(link.Relay) is { } state)
                    transaction.Relays.Save(link.Relay, state with { Cursor = default });
            },
            cancellationToken).ConfigureAwait(false);
        context.Events.Raise(SyncEventKind.Resynced, "The relay no longer has this device's position: everything it has is read again.");
        _isSecondReading = true;
        return default(Cursor);
    }
}

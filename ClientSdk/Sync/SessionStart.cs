using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Client.Sync;

/// <summary>What WELCOME means for this device: where reading and sending begin.</summary>
internal sealed record SessionStart
{
    /// <summary>Reading begins after it.</summary>
    public required Cursor Position { get; init; }

    /// <summary>Sending may not begin: the relay has what this device never sent.</summary>
    public required bool IsForked { get; init; }

    /// <summary>Compares WELCOME with what is stored, and stores what follows.</summary>
    public static async Task<SessionStart> PrepareAsync(DeviceContext context, Outbox outbox, RelayLink link, Welcome welcome, CancellationToken cancellationToken)
    {
        (RelayState? before, bool isForked) = await context.Store.RunAsync(
            transaction =>
            {
                RelayState? stored = transaction.Relays.Find(link.Relay);
                RelayState state = stored is { } known && known.RelayEpoch == welcome.RelayEpoch
                    ? known with { Cursor = known.Cursor > welcome.HeadCursor ? default : known.Cursor }
                    : new RelayState(welcome.RelayEpoch, default, default);
                (Sequence last, _) = transaction.Outbox.Last();
                bool forked = !OutboxStart.IsOwn(
                    welcome.LastSeq, welcome.LastLink, last, transaction.Outbox.Find(welcome.LastSeq)?.Link, transaction.Voids.FindByLast(link.Relay, welcome.LastSeq)?.Link);
                // What the relay says it has, not what was once acknowledged: a relay that lost blobs is owed them again.
                transaction.Relays.Save(link.Relay, state with { AckedSeq = forked ? state.AckedSeq : welcome.LastSeq });
                return (stored, forked);
            },
            cancellationToken).ConfigureAwait(false);

        Report(context, before, welcome, isForked);
        if (!isForked)
            outbox.Reset(welcome.LastSeq);

        bool isKnown = before?.RelayEpoch == welcome.RelayEpoch && before.Value.Cursor <= welcome.HeadCursor;
        return new SessionStart { Position = isKnown ? before!.Value.Cursor : default, IsForked = isForked };
    }

    private static void Report(DeviceContext context, RelayState? before, Welcome welcome, bool isForked)
    {
        if (before is { } known && known.RelayEpoch != welcome.RelayEpoch)
            context.Events.Raise(SyncEventKind.RelayReset, "The relay began a new log: this device's blobs are sent again from its journal.");
        else if (before is { } ahead && ahead.Cursor > welcome.HeadCursor)
            context.Events.Raise(SyncEventKind.Resynced, "The relay's log is shorter than it was: everything it has is read again.");

        if (isForked)
            context.Events.Raise(SyncEventKind.DeviceForked, "The relay has blobs of this device that this device does not know: pushing stopped.");
    }
}

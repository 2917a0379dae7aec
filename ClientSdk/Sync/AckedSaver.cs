using ZeroKSync.Client.Persistence;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// Writes down how far a relay has this device's blobs: one write at a time, the newest figure. Losing one costs a question at the next
/// start, which WELCOME answers, so nobody waits for it.
/// </summary>
internal sealed class AckedSaver(ClientStore store)
{
    private readonly Lock _gate = new();
    private (RelayId Relay, Sequence Acked)? _wanted;
    private bool _isSaving;

    public void Save(RelayId relay, Sequence acked)
    {
        lock (_gate)
        {
            _wanted = (relay, acked);
            if (_isSaving)
                return;

            _isSaving = true;
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        while (TryTake(out RelayId relay, out Sequence acked))
        {
            try
            {
                await store.RunAsync(transaction => transaction.Relays.MoveAcked(relay, acked)).ConfigureAwait(false);
            }
            catch (SyncException)
            {
                // The store is closed or full; pushing itself will say so.
            }
        }
    }

    private bool TryTake(out RelayId relay, out Sequence acked)
    {
        lock (_gate)
        {
            (relay, acked) = _wanted ?? default;
            bool isWanted = _wanted is not null;
            _wanted = null;
            _isSaving = isWanted;
            return isWanted;
        }
    }
}

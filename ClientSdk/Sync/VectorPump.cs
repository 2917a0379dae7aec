using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// In a session: says what this device has when that is due, and looks whether the relay keeps back what others say was sent. Both only once
/// everything that the relay shows was read; before that nothing is proved.
/// </summary>
internal sealed class VectorPump(DeviceContext context, Outbox outbox, Inbox inbox)
{
    private readonly HashSet<DeviceId> _reported = [];

    /// <summary>Runs until the session ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task work = context.VectorWork.Next;
            Task changed = context.Board.Changed.Next;
            DateTimeOffset now = context.Time.GetUtcNow();
            bool isCaughtUp = context.Board.Facts.IsCaughtUp;
            VectorState? state = await context.Store.RunAsync(transaction => transaction.Settings.Vector, cancellationToken).ConfigureAwait(false);
            DateTimeOffset? due = state is { } known ? VectorRules.SealDue(known, context.Keyring.Current.Epoch, now) : null;
            // Under a new epoch it comes first, whatever is still to be read.
            if (due <= now && (isCaughtUp || state!.Value.Epoch < context.Keyring.Current.Epoch))
            {
                await outbox.AddVectorAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            (DateTimeOffset? next, List<KeyValuePair<DeviceId, VectorClaim>> overdue) = Sort(inbox.Claims, now);
            if (isCaughtUp)
                await ReportAsync(overdue, cancellationToken).ConfigureAwait(false);

            // What is due waits for the rest to be read.
            if (!isCaughtUp && (due <= now || overdue.Count > 0))
                await Task.WhenAny(work, changed).WaitAsync(cancellationToken).ConfigureAwait(false);
            else
                await WaitAsync(work, Earlier(due, next) - now, cancellationToken).ConfigureAwait(false);
        }
    }

    private static (DateTimeOffset? Next, List<KeyValuePair<DeviceId, VectorClaim>> Overdue) Sort(IReadOnlyDictionary<DeviceId, VectorClaim> claims, DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        var overdue = new List<KeyValuePair<DeviceId, VectorClaim>>();
        foreach (KeyValuePair<DeviceId, VectorClaim> claim in claims)
        {
            DateTimeOffset at = VectorRules.WithheldAt(claim.Value, now);
            if (at <= now)
                overdue.Add(claim);
            else
                next = Earlier(next, at);
        }

        return (next, overdue);
    }

    // A hole that is seen, or a blob that the relay names as missing, is reported as what it is.
    private async Task ReportAsync(List<KeyValuePair<DeviceId, VectorClaim>> overdue, CancellationToken cancellationToken)
    {
        List<KeyValuePair<DeviceId, VectorClaim>> withheld = overdue.Count == 0
            ? overdue
            : await context.Store.RunAsync(
                transaction =>
                {
                    VersionVector vector = transaction.Vector.Load();
                    return overdue.FindAll(claim => !transaction.Inbox.IsAccountedFor(claim.Key, vector[claim.Key].Sequence.Next, claim.Value.First));
                },
                cancellationToken).ConfigureAwait(false);
        _reported.IntersectWith(withheld.Select(claim => claim.Key));
        foreach ((DeviceId sender, VectorClaim claim) in withheld)
        {
            if (_reported.Add(sender))
                context.Events.Raise(SyncEventKind.RelayWithholding, "The relay has not shown for ten minutes what another device says was sent.", sender, claim.Last);
        }

        if (context.Board.Facts.IsWithheld != withheld.Count > 0)
            context.Board.Update(facts => facts with { IsWithheld = withheld.Count > 0 });
    }

    private async Task WaitAsync(Task work, TimeSpan? time, CancellationToken cancellationToken)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task timer = time is { } wait ? Task.Delay(wait, context.Time, cancel.Token) : Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancel.Token);
        await Task.WhenAny(work, timer).WaitAsync(cancellationToken).ConfigureAwait(false);
        await cancel.CancelAsync().ConfigureAwait(false);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? left, DateTimeOffset? right) => left is null || right < left ? right ?? left : left;
}

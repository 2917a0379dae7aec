using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Client.Sync;

/// <summary>A welcomed session of this device with one relay of its group, and the pumps that run on it.</summary>
internal sealed class GroupSession : IAsyncDisposable
{
    private readonly DeviceContext _context;
    private readonly Welcome _welcome;

    private GroupSession(DeviceContext context, RelayLink link, Welcome welcome)
    {
        _context = context;
        Link = link;
        _welcome = welcome;
    }

    public RelayLink Link { get; }

    /// <summary>Connects, proves membership and is welcomed, within <see cref="RelayLink.OpenDeadline"/>.</summary>
    /// <param name="updates">Follows the group's key epochs where the relay is ahead.</param>
    /// <param name="flags">Whether the group is to be created.</param>
    /// <exception cref="SyncException">It was not.</exception>
    public static async Task<GroupSession> OpenAsync(
        DeviceContext context, KeyUpdates updates, ITransport transport, RelayAddress relay, HelloFlags flags, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(RelayLink.OpenDeadline, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        RelayLink? link = null;
        try
        {
            link = await RelayLink.ConnectAsync(transport, relay, context.Device.Agreement, context.Time, either.Token).ConfigureAwait(false);
            var known = await context.Store.RunAsync(transaction => transaction.Relays.Find(relay.RelayId), either.Token).ConfigureAwait(false);
            Welcome welcome = await BeWelcomedAsync(context, updates, link, known?.RelayEpoch, flags, either.Token).ConfigureAwait(false);
            var session = new GroupSession(context, link, welcome);
            link = null;
            return session;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SyncException(SyncErrorKind.Unreachable, "The relay did not answer in time.", isTransient: true);
        }
        catch (SyncException exception) when (exception.Kind == SyncErrorKind.RotationFork)
        {
            context.Events.Raise(SyncEventKind.RotationFork, AdoptionRules.Sentence(AdoptionOutcome.Fork));
            throw;
        }
        finally
        {
            if (link is not null)
                await link.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Runs the pumps until the session ends, and says how it did.</summary>
    /// <param name="notice">Gets DEVICE_JOINED and its like.</param>
    public async Task<LinkEnd> RunAsync(Outbox outbox, Inbox inbox, KeyUpdates updates, AckedSaver saver, Action<ReadOnlyMemory<byte>> notice, CancellationToken cancellationToken)
    {
        SessionStart start = await SessionStart.PrepareAsync(_context, outbox, Link, _welcome, cancellationToken).ConfigureAwait(false);
        _context.Board.Update(facts => facts with { Failure = start.IsForked ? SyncErrorKind.Forked : null, ReadFailure = null, IsWithheld = false, IsCaughtUp = false, Through = start.Position, HasGaps = false });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var cursors = new SessionCursors(start.Position, _context.Board);
        var acks = new AckPump(Link, _context.Time);
        List<Task> pumps =
        [
            Link.ReadNoticesAsync((message, token) => NoticeAsync(updates, notice, message, token), stop.Token),
            Link.KeepKeysAsync(_context.Device.Agreement, _context.RekeyLimits, _context.Time, stop.Token),
            acks.RunAsync(_welcome.AckedCursor, stop.Token),
            new SubscriptionPump(_context, inbox, Link, acks, cursors).RunAsync(start.Position, stop.Token),
        ];
        if (!start.IsForked)
        {
            pumps.Add(new VectorPump(_context, outbox, inbox).RunAsync(stop.Token));
            pumps.Add(new PushPump(_context, outbox, updates, Link, saver, cursors).RunAsync(_welcome.LastSeq, _welcome.LastLink, stop.Token));
        }

        try
        {
            return await FirstEndAsync(pumps, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Link.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAll(pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask DisposeAsync() => Link.DisposeAsync();

    // HELLO until relay and device agree on the group's key epoch: a session that agrees on less serves the rotations only.
    private static async Task<Welcome> BeWelcomedAsync(
        DeviceContext context, KeyUpdates updates, RelayLink link, RelayEpoch? known, HelloFlags flags, CancellationToken cancellationToken)
    {
        for (int hellos = 1; ; hellos++)
        {
            Welcome welcome = await link.OpenAsync<Hello, Welcome>(BuildHello(context, link, known, flags), cancellationToken).ConfigureAwait(false);
            link.Welcomed();
            if (welcome.RelayId != link.Relay)
                throw new SyncException(SyncErrorKind.WrongRelay, "The relay welcomed this device under another identity.");
            if (!PageRules.IsSound(welcome))
                throw new SyncException(SyncErrorKind.Protocol, "The relay welcomed this device with numbers that cannot be.", isTransient: true);

            switch (WelcomeRules.Judge(context.Record.Rotations, welcome.GroupKeyEpoch, welcome.LastStatementHash))
            {
                case WelcomeVerdict.Level:
                    return welcome;
                case WelcomeVerdict.Fork:
                    throw new SyncException(SyncErrorKind.RotationFork, AdoptionRules.Sentence(AdoptionOutcome.Fork));
                case WelcomeVerdict.RelayAhead:
                    await FollowAsync(context, updates, link, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    // The next HELLO shows it the chain once more.
                    break;
            }

            if (hellos == Limits.Hellos)
                throw new SyncException(SyncErrorKind.OutOfStep, "The relay does not come level with this device on the group's key.", isTransient: true);
        }
    }

    private static async Task FollowAsync(DeviceContext context, KeyUpdates updates, RelayLink link, CancellationToken cancellationToken)
    {
        KeyEpoch before = context.Keyring.Current.Epoch;
        AdoptionOutcome outcome = await updates.CatchUpAsync(link, cancellationToken).ConfigureAwait(false);
        if (AdoptionRules.Failure(outcome) is { } failure)
            throw failure;
        if (context.Keyring.Current.Epoch == before)
            throw new SyncException(SyncErrorKind.OutOfStep, "The group's key was changed, and the relay has nothing that lets this device follow.", isTransient: true);
    }

    private async Task NoticeAsync(KeyUpdates updates, Action<ReadOnlyMemory<byte>> notice, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (!MessageCodec.TryDecode(message, out KeyRotated? rotated))
        {
            notice(message);
            return;
        }

        var rotation = new Rotation(rotated.Statement, rotated.Signature, rotated.Members, rotated.Wrap);
        AdoptionOutcome outcome = await updates.TakeAsync(rotation, cancellationToken).ConfigureAwait(false);
        if (outcome == AdoptionOutcome.Ahead)
            outcome = await updates.CatchUpAsync(Link, cancellationToken).ConfigureAwait(false);

        if (AdoptionRules.Failure(outcome) is { } failure)
            throw failure;
    }

    private static Hello BuildHello(DeviceContext context, RelayLink link, RelayEpoch? known, HelloFlags flags)
    {
        GroupKeys keys = context.Keyring.Current;
        return new Hello(
            Limits.Version,
            context.GroupId,
            keys.Epoch,
            context.Record.OriginKey,
            context.Record.Chain,
            HelloProof.Sign(keys.AdmissionSeed, link.HandshakeHash, context.GroupId, context.DeviceId, keys.Epoch),
            known,
            DeviceCard.Seal(context.Keyring, context.Device, context.DeviceName),
            null,
            flags);
    }

    // A pump that ends by itself leaves the others at work; one that fails ends the session.
    private async Task<LinkEnd> FirstEndAsync(List<Task> pumps, CancellationToken cancellationToken)
    {
        var running = new List<Task>(pumps) { Link.Ended };
        while (true)
        {
            Task ended = await Task.WhenAny(running).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (ended == Link.Ended)
                return await Link.Ended.ConfigureAwait(false);

            running.Remove(ended);
            if (!ended.IsCompletedSuccessfully)
                return await EndOfAsync(ended, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<LinkEnd> EndOfAsync(Task failed, CancellationToken cancellationToken)
    {
        try
        {
            await failed.ConfigureAwait(false);
        }
        catch (SyncException exception)
        {
            return Link.Ended.IsCompleted ? await Link.Ended.ConfigureAwait(false) : new LinkEnd(exception.Kind, exception.IsTransient, exception.RetryAfter);
        }
        catch (RelayProtocolException exception)
        {
            // A stream that ends in order is none of the protocol's where the relay stops.
            if (exception.Code == CloseCode.None)
                await Link.EndsSoonAsync(cancellationToken).ConfigureAwait(false);

            await Link.BreakAsync(exception).ConfigureAwait(false);
        }
        catch (TransportException)
        {
            // A stream dies with its connection, or the relay gave it up.
            await Link.EndsSoonAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the caller's own token says so.
        }

        return Link.Ended.IsCompleted ? await Link.Ended.ConfigureAwait(false) : new LinkEnd(SyncErrorKind.Unreachable, IsTransient: true);
    }
}

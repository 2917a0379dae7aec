using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Transport;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// Keeps this device connected while the app wants it: executes what <see cref="ConnectionMachine"/> decides. The relays are tried in
/// their order; the first that welcomes the device is the one until the session ends.
/// </summary>
internal sealed class RelayRunner : IAsyncDisposable
{
    private readonly DeviceContext _context;
    private readonly Func<ITransport> _transport;
    private readonly IReadOnlyList<RelayAddress> _relays;
    private readonly Outbox _outbox;
    private readonly Inbox _inbox;
    private readonly KeyUpdates _updates;
    private readonly AckedSaver _saver;
    private readonly Random _jitter;
    private readonly Lock _gate = new();
    private readonly Pulse _changed = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _running;
    private bool _isWanted;
    private CancellationTokenSource _session = new();
    private TaskCompletionSource<GroupSession> _first = NewFirst();
    private GroupSession? _open;

    public RelayRunner(DeviceContext context, Func<ITransport> transport, IReadOnlyList<RelayAddress> relays, Outbox outbox, Inbox inbox, Random jitter)
    {
        _context = context;
        _transport = transport;
        _relays = relays;
        _outbox = outbox;
        _inbox = inbox;
        _updates = new KeyUpdates(context, inbox);
        _saver = new AckedSaver(context.Store);
        _jitter = jitter;
        _running = RunAsync();
    }

    /// <summary>Starts trying; completes with the open session, or with the failure of the first try from now, or when trying stops.</summary>
    public Task<GroupSession> ConnectAsync()
    {
        Task<GroupSession> first;
        lock (_gate)
        {
            if (_closing.IsCancellationRequested)
                return Task.FromException<GroupSession>(new SyncException(SyncErrorKind.WrongState, "The client is closed."));

            // One that has ended, or was given up, is open until what ran on it has stopped.
            if (_open is { Link.Ended.IsCompleted: false } open && !_session.IsCancellationRequested)
                return Task.FromResult(open);

            if (_first.Task.IsCompleted)
                _first = NewFirst();

            first = _first.Task;
            _isWanted = true;
        }

        _changed.Fire();
        return first;
    }

    /// <summary>Stops trying and ends the session.</summary>
    public void Disconnect()
    {
        lock (_gate)
        {
            _isWanted = false;
            FailFirst(new SyncException(SyncErrorKind.WrongState, "Disconnected before a session was open."));
            // Under the lock it is the session's own source and not one that was given back; what hangs on it runs elsewhere.
            _ = _session.CancelAsync();
        }

        _changed.Fire();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        Disconnect();
        await _running.ConfigureAwait(false);
        _updates.Dispose();
        _closing.Dispose();
    }

    private static TaskCompletionSource<GroupSession> NewFirst() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        var state = ConnectionState.Initial;
        while (!_closing.IsCancellationRequested)
        {
            Task changed = _changed.Next;
            bool isWanted = IsWanted();
            ConnectionActions actions;
            (state, actions) = ConnectionMachine.Next(state, isWanted ? ConnectionEvent.Wanted : ConnectionEvent.Unwanted, _context.Time.GetUtcNow());
            Publish(state);
            if (actions.HasFlag(ConnectionActions.Connect))
            {
                state = await TryOnceAsync(state).ConfigureAwait(false);
                Publish(state);
                if (state.Phase == ConnectionPhase.Waiting)
                    await WaitAsync(state).ConfigureAwait(false);

                if (state.Phase == ConnectionPhase.Stopped)
                    Forget(state);
            }
            else
            {
                await changed.ConfigureAwait(false);
            }
        }

        Publish(ConnectionState.Initial);
    }

    private bool IsWanted()
    {
        lock (_gate)
            return _isWanted && !_closing.IsCancellationRequested;
    }

    private bool IsAsked()
    {
        lock (_gate)
            return !_first.Task.IsCompleted;
    }

    // Only the app can ask anew. What it asked while the session was ending has this end for an answer.
    private void Forget(ConnectionState state)
    {
        lock (_gate)
        {
            _isWanted = false;
            FailFirst(new SyncException(state.Failure ?? SyncErrorKind.Unreachable, "The session with the relay ended."));
        }
    }

    private async Task<ConnectionState> TryOnceAsync(ConnectionState state)
    {
        CancellationToken token = NewSessionToken();
        SyncException? failure = null;
        foreach (RelayAddress relay in _relays)
        {
            try
            {
                GroupSession session = await GroupSession.OpenAsync(_context, _updates, _transport(), relay, HelloFlags.None, token).ConfigureAwait(false);
                return await RunSessionAsync(state, session, token).ConfigureAwait(false);
            }
            catch (SyncException exception)
            {
                // A refusal for good at one relay says nothing of the next, and is what to report if none is left.
                failure = failure is { IsTransient: false } ? failure : exception;
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                return Next(state, ConnectionEvent.Unwanted);
            }
        }

        failure ??= new SyncException(SyncErrorKind.WrongState, "The group has no relay.");
        FailFirst(failure);
        return Fail(state, new LinkEnd(failure.Kind, failure.IsTransient, failure.RetryAfter));
    }

    private async Task<ConnectionState> RunSessionAsync(ConnectionState state, GroupSession session, CancellationToken token)
    {
        ConnectionState active = Next(state, ConnectionEvent.Opened);
        Publish(active);
        _context.Events.Raise(SyncEventKind.Connected, "Connected to the relay.");
        lock (_gate)
        {
            _open = session;
            if (!token.IsCancellationRequested)
                _first.TrySetResult(session);
        }

        try
        {
            LinkEnd end = await session.RunAsync(_outbox, _inbox, _updates, _saver, Notice, token).ConfigureAwait(false);
            if (end.Kind == SyncErrorKind.Superseded)
                _context.Events.Raise(SyncEventKind.Superseded, "Another session of this device took over.");
            if (end.Kind == SyncErrorKind.RotationFork)
                _context.Events.Raise(SyncEventKind.RotationFork, AdoptionRules.Sentence(AdoptionOutcome.Fork));

            // Nothing failed, so nothing is waited for: still wanted, it connects again.
            return end.IsReopen ? Next(active, ConnectionEvent.Unwanted) : Fail(active, end);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return Next(active, ConnectionEvent.Unwanted);
        }
        catch (SyncException exception)
        {
            return Fail(active, new LinkEnd(exception.Kind, exception.IsTransient, exception.RetryAfter));
        }
        finally
        {
            lock (_gate)
                _open = null;

            await session.DisposeAsync().ConfigureAwait(false);
            _context.Board.Update(facts => facts with { IsCaughtUp = false });
            _context.Events.Raise(SyncEventKind.Disconnected, "The session with the relay ended.");
        }
    }

    private async Task WaitAsync(ConnectionState state)
    {
        // A try is due at a time; the app may ask for one earlier, or for none. What it asked before the wait was answered by the try,
        // except where it asked while a session was ending.
        Task changed = _changed.Next;
        if (!IsWanted() || IsAsked())
            return;

        TimeSpan delay = (state.RetryAt ?? _context.Time.GetUtcNow()) - _context.Time.GetUtcNow();
        if (delay <= TimeSpan.Zero)
            return;

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        await Task.WhenAny(Task.Delay(delay, _context.Time, cancel.Token), changed).ConfigureAwait(false);
        await cancel.CancelAsync().ConfigureAwait(false);
    }

    private CancellationToken NewSessionToken()
    {
        lock (_gate)
        {
            _session.Dispose();
            _session = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            if (!_isWanted)
                _session.Cancel();

            return _session.Token;
        }
    }

    private void FailFirst(SyncException failure)
    {
        lock (_gate)
        {
            _first.TrySetException(failure);
            // Nobody may be waiting: a failure that is also in the status needs no second observer.
            _ = _first.Task.Exception;
        }
    }

    private ConnectionState Fail(ConnectionState state, LinkEnd end) =>
        Next(state, ConnectionEvent.Failed(end.Kind, end.IsTransient, end.RetryAfter, _jitter.NextDouble()));

    private ConnectionState Next(ConnectionState state, ConnectionEvent happened) => ConnectionMachine.Next(state, happened, _context.Time.GetUtcNow()).State;

    private void Publish(ConnectionState state) => _context.Board.Update(facts => facts with
    {
        Phase = state.Phase,
        Failure = state.Phase == ConnectionPhase.Active ? facts.Failure : state.Failure,
    });

    private void Notice(ReadOnlyMemory<byte> message)
    {
        if (MessageCodec.TryDecode(message, out DeviceJoined? joined))
            _context.Events.Raise(SyncEventKind.DeviceJoined, "A device joined the group.", joined.DeviceId);
        else if (MessageCodec.TryDecode(message, out DeviceRevoked? revoked))
            _context.Events.Raise(SyncEventKind.DeviceRevoked, "A device was revoked.", revoked.DeviceId);
    }
}

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// One lane of its kind at a time in a session. A newer one ends the older and starts when that is over: a client that gave a stream up
/// may be heard of on its next one first.
/// </summary>
internal sealed class SingleLane
{
    private readonly Lock _gate = new();
    private Turn? _newest;

    /// <summary>Whether one runs, or is about to.</summary>
    public bool IsTaken
    {
        get
        {
            lock (_gate)
                return _newest is not null;
        }
    }

    /// <exception cref="OperationCanceledException">A newer one came, or the token was cancelled.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> lane, CancellationToken cancellationToken)
    {
        using var turn = new Turn(cancellationToken);
        Turn? older;
        lock (_gate)
        {
            older = _newest;
            _newest = turn;
            older?.Replace();
        }

        try
        {
            if (older is not null)
                await older.Over;

            await lane(turn.Token);
        }
        finally
        {
            lock (_gate)
                _newest = _newest == turn ? null : _newest;

            turn.End();
        }
    }

    private sealed class Turn(CancellationToken session) : IDisposable
    {
        private readonly CancellationTokenSource _replaced = CancellationTokenSource.CreateLinkedTokenSource(session);
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Token => _replaced.Token;

        public Task Over => _over.Task;

        // Under the gate, so before it is disposed; what the token stops must not run here.
        public void Replace() => _ = _replaced.CancelAsync();

        public void End() => _over.SetResult();

        public void Dispose() => _replaced.Dispose();
    }
}

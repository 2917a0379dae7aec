using System.Threading.Tasks.Sources;

namespace ZeroKSync.Transport.Ngtcp2.Streams;

/// <summary>
/// Lets one caller at a time wait for a condition that a lock guards, without an allocation for each wait. Everything but the await itself
/// happens under that lock, so a wake-up between looking and waiting cannot be missed.
/// </summary>
internal sealed class Waiter(Lock gate) : IValueTaskSource
{
    // The loop wakes; it must not run what was woken.
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private bool _isWaiting;

    /// <summary>Completes with the next <see cref="Wake"/>. Under the lock.</summary>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_isWaiting)
            throw new InvalidOperationException("A stream takes one pending read and one pending write at a time.");

        _core.Reset();
        _isWaiting = true;
        _token = cancellationToken;
        // A token that is cancelled by now calls back at once; the lock lets its own thread in again.
        _cancellation = cancellationToken.UnsafeRegister(static waiter => ((Waiter)waiter!).Cancel(), this);
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Wakes whoever waits. Under the lock.</summary>
    public void Wake()
    {
        if (!_isWaiting)
            return;

        _isWaiting = false;
        _core.SetResult(true);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);

    public void GetResult(short token)
    {
        // Waits for a callback under way, which could otherwise cancel the next wait. The lock is not held here.
        _cancellation.Dispose();
        _core.GetResult(token);
    }

    private void Cancel()
    {
        lock (gate)
        {
            if (!_isWaiting)
                return;

            _isWaiting = false;
            _core.SetException(new OperationCanceledException(_token));
        }
    }
}

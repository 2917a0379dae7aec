namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// What a session has begun and not answered. Once it is stopped nothing new is begun, and it is over when the last answer is out: a relay that
/// stops finishes what it has taken on, and what it has not its client sends again elsewhere.
/// </summary>
internal sealed class InFlight
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _begun;
    private bool _isStopped;

    /// <summary>False once it is stopped; else <see cref="End"/> must follow.</summary>
    public bool TryBegin()
    {
        lock (_gate)
        {
            _begun += _isStopped ? 0 : 1;
            return !_isStopped;
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _begun--;
            CompleteIfOver();
        }
    }

    /// <summary>Lets nothing new begin; completes when nothing is under way.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _isStopped = true;
            CompleteIfOver();
            return _over.Task;
        }
    }

    private void CompleteIfOver()
    {
        if (_isStopped && _begun == 0)
            _over.TrySetResult();
    }
}

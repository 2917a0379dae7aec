namespace ZeroKSync.Transport;

/// <summary>A condition variable for tasks: take <see cref="Next"/> under the lock that guards the condition, then await it outside.</summary>
internal sealed class Signal
{
    private TaskCompletionSource? _waiting;

    public Task Next => (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Wakes everyone who waits; they look at the condition again.</summary>
    public void Pulse()
    {
        _waiting?.SetResult();
        _waiting = null;
    }

    /// <summary>The first half of <see cref="Pulse"/>: the caller completes what it gets, outside the lock.</summary>
    public TaskCompletionSource? Release()
    {
        TaskCompletionSource? waiting = _waiting;
        _waiting = null;
        return waiting;
    }
}

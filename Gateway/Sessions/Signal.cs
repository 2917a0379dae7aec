namespace ZeroKSync.Gateway.Sessions;

/// <summary>Wakes whoever waits. Take the task before looking at what it announces: a signal in between is then not missed.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _next = New();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Fire() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

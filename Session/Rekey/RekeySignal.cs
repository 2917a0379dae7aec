namespace ZeroKSync.Session;

/// <summary>Wakes whoever looks after a session's epochs. Take the task before looking: a signal in between is then not missed.</summary>
internal sealed class RekeySignal
{
    private TaskCompletionSource _next = New();

    internal Task Next => Volatile.Read(ref _next).Task;

    internal void Fire() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

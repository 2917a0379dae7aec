namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// When a refused HELLO is answered: at the first whole multiple of <see cref="Step"/> after it was read, whatever refused it. A proof that
/// does not verify is known at once, an unknown group after a look at the disk; a stranger who could tell them apart by the clock would learn
/// which groups are here.
/// </summary>
internal sealed class RefusalClock : IDisposable
{
    /// <summary>50 ms: above what a refusal takes on a relay that is not overloaded, below what a person notices.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over = new();
    private readonly long _start;
    private readonly Task _first;

    /// <summary>Starts now: when the HELLO was read, before anything is looked at.</summary>
    public RefusalClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        // Armed before the work: what the work took is not in when it fires, not even below the timer's resolution.
        _first = Task.Delay(Step, time, _over.Token);
    }

    /// <summary>Until the answer may leave.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) =>
        _first.IsCompleted ? Task.Delay(Rest(_time.GetElapsedTime(_start)), _time, cancellationToken) : _first.WaitAsync(cancellationToken);

    /// <summary>From here to the next step; never zero.</summary>
    internal static TimeSpan Rest(TimeSpan taken) => TimeSpan.FromTicks(Step.Ticks - (taken.Ticks % Step.Ticks));

    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }
}

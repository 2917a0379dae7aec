namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

[GrainType("zks.tests.probe")]
public sealed class ProbeGrain : Grain, IProbeGrain
{
    private IGrainTimer? _timer;

    private Probe Probe => Probe.Of(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Probe.Activations);
        return Interlocked.Decrement(ref Probe.FailuresLeft) >= 0
            ? throw new InvalidOperationException("not yet")
            : Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.Note($"deactivated: {reason.ReasonCode}");
        await Probe.HoldDeactivationAsync();
    }

    public Task TouchAsync() => Task.CompletedTask;

    public Task<int> AddAsync(int left, int right) => Task.FromResult(left + right);

    public ValueTask NoteAsync(string what)
    {
        Probe.Note(what);
        return ValueTask.CompletedTask;
    }

    public ValueTask<string> KeyAsync() => ValueTask.FromResult(this.GetPrimaryKeyString());

    public Task HoldAsync() => Probe.HoldAsync();

    public async Task HoldUntilCancelledAsync(CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = cancellationToken.Register(cancelled.SetResult);
        var held = Probe.HoldAsync();
        await cancelled.Task;
        Probe.Note("cancelled");
        cancellationToken.ThrowIfCancellationRequested();
        await held;
    }

    public Task<int> PeekAsync() => Task.FromResult(Probe.Activations);

    public Task ThrowAsync(string message) => throw new InvalidOperationException(message);

    public async Task<bool> StaysOnSchedulerAsync()
    {
        var before = TaskScheduler.Current;
        await Task.Run(static () => { });
        return before != TaskScheduler.Default && ReferenceEquals(before, TaskScheduler.Current);
    }

    public Task<string?> ContextAsync(string key, string? setTo)
    {
        string? before = (string?)RequestContext.Get(key);
        if (setTo is not null)
            RequestContext.Set(key, setTo);

        return Task.FromResult(before);
    }

    public Task<string?> ContextOfAsync(IProbeGrain other, string key) => other.ContextAsync(key, null);

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task StartTimerAsync(TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(TickAsync, Probe, new GrainTimerCreationOptions { DueTime = period, Period = period });
        return Task.CompletedTask;
    }

    public async Task WorkAsync()
    {
        Probe.Enter();
        for (int i = 0; i < 20; i++)
            await Task.Yield();

        Probe.Leave();
    }

    public async Task CallAsync(IProbeGrain other, IProbeGrain third) => await other.CallAsync(third, third);

    public Task TellAsync(IProbeObserver observer, int number)
    {
        observer.OnNumber(number);
        return Task.CompletedTask;
    }

    private static async Task TickAsync(Probe probe, CancellationToken cancellationToken)
    {
        probe.Enter();
        for (int i = 0; i < 5; i++)
            await Task.Yield();

        probe.Leave();
        Interlocked.Increment(ref probe.Ticks);
        await probe.TickedAsync();
    }
}

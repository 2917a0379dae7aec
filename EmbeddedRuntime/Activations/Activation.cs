using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using ZeroKSync.EmbeddedRuntime.Calls;

namespace ZeroKSync.EmbeddedRuntime.Activations;

/// <summary>
/// One life of one grain: its mailbox and the turns on it. Everything a grain does runs on the activation's own scheduler, one thread at a
/// time, and an await resumes there. One call runs from start to end before the next; interleaving ones run whenever that thread is free.
/// </summary>
internal sealed partial class Activation(EmbeddedGrainRuntime runtime, GrainAddress address)
{
    // A full mailbox of calls that never wait would otherwise keep interleaving calls and its thread for itself.
    private const int TurnsBeforeYield = 64;

    private readonly Lock _gate = new();
    private readonly Queue<IMailboxItem> _waiting = new();
    private readonly HashSet<IMailboxItem> _interleaving = new(ReferenceEqualityComparer.Instance);
    private readonly TaskScheduler _scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
    private ActivationPhase _phase;
    private IMailboxItem? _running;
    private DeactivationReason? _deactivation;
    private TaskCompletionSource? _interleavingDone;
    private bool _pumping;
    private bool _served;
    private long _usedAt = runtime.Now;
    private long _keepUntil;

    public EmbeddedGrainRuntime Runtime => runtime;

    public GrainAddress Address => address;

    public string Identity => $"{address.Class.Name}/{address.Key}";

    /// <summary>Takes a call, or says that this activation has ended.</summary>
    /// <exception cref="LimitExceededException">As many calls wait as may.</exception>
    public bool TryAccept(IMailboxItem item)
    {
        lock (_gate)
        {
            if (_phase == ActivationPhase.Ended)
                return false;

            if (!item.IsLocal && _waiting.Count + _interleaving.Count >= runtime.Options.MailboxMax)
                throw new LimitExceededException($"{address.Class.Name}: {runtime.Options.MailboxMax} calls wait already.");

            if (item.IsLocal && _phase == ActivationPhase.Ending)
                return true;

            Put(item);
        }

        return true;
    }

    /// <summary>Takes calls that waited for the activation before, however many.</summary>
    public bool TryInherit(IMailboxItem item)
    {
        lock (_gate)
        {
            if (_phase == ActivationPhase.Ended)
                return false;

            Put(item);
            return true;
        }
    }

    /// <summary>Ends the activation when the call that runs has ended. The first reason stays.</summary>
    public void RequestDeactivation(DeactivationReason reason)
    {
        lock (_gate)
        {
            if (_phase is ActivationPhase.Ending or ActivationPhase.Ended)
                return;

            _deactivation ??= reason;
            WakePump();
        }
    }

    public void DelayDeactivation(TimeSpan time)
    {
        lock (_gate)
        {
            _keepUntil = time <= TimeSpan.Zero ? 0
                : time == TimeSpan.MaxValue || time == Timeout.InfiniteTimeSpan ? long.MaxValue
                : runtime.Now + (long)(time.TotalSeconds * runtime.Time.TimestampFrequency);
        }
    }

    /// <summary>Lets calls that waited too long fail, and ends the activation if nobody used it for long.</summary>
    public void Sweep(long now)
    {
        var late = new List<IMailboxItem>();
        lock (_gate)
        {
            if (_running is { } running)
                AddIfLate(running, late, now);

            foreach (var item in _waiting)
                AddIfLate(item, late, now);

            foreach (var item in _interleaving)
                AddIfLate(item, late, now);

            if (_phase == ActivationPhase.Active && !_pumping && _interleaving.Count == 0 && now >= _keepUntil
                && runtime.Time.GetElapsedTime(_usedAt, now) >= runtime.Options.IdleAge)
            {
                RequestDeactivation(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Nobody used it for long."));
            }
        }

        foreach (var item in late)
            item.Fail(new TimeoutException($"A call to {address.Class.Name} had no answer within {runtime.Options.CallTimeout.TotalSeconds:0.###} s; whether it took effect is unknown."));
    }

    private void AddIfLate(IMailboxItem item, List<IMailboxItem> late, long now)
    {
        if (!item.IsLocal && !item.IsSettled && runtime.Time.GetElapsedTime(item.SentAt, now) >= runtime.Options.CallTimeout)
            late.Add(item);
    }

    private void Put(IMailboxItem item)
    {
        if (item.Interleaves && _phase == ActivationPhase.Active && _deactivation is null)
        {
            _interleaving.Add(item);
            StartTurn(static state => _ = ((TurnState)state!).Activation.RunInterleavingAsync(((TurnState)state).Item), new TurnState(this, item));
            return;
        }

        _waiting.Enqueue(item);
        WakePump();
    }

    private void WakePump()
    {
        if (_pumping)
            return;

        _pumping = true;
        StartTurn(static state => _ = ((Activation)state!).PumpAsync(), this);
    }

    // The caller's execution context stays out: what it holds (its request context, its activity) is not the grain's.
    private void StartTurn(Action<object?> turn, object state)
    {
        using (ContextFlow.Suppress())
            Task.Factory.StartNew(turn, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
    }

    private async Task PumpAsync()
    {
        if (_phase == ActivationPhase.Fresh && !await TryActivateAsync())
            return;

        int turns = 0;
        while (TryTakeTurn(out var item))
        {
            if (item.IsSettled)
                continue;

            if (item.Interleaves)
                _ = RunInterleavingAsync(item);
            else
                AfterTurn(await item.RunAsync(_grain!));

            if (++turns % TurnsBeforeYield == 0)
                await Task.Yield();
        }

        if (_phase == ActivationPhase.Ending)
            await EndAsync();
    }

    private bool TryTakeTurn([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IMailboxItem? item)
    {
        lock (_gate)
        {
            if (_running is { KeepsAlive: true })
                _usedAt = runtime.Now;

            _running = item = null;

            // A grain that ends itself while it is activated still serves one call, or its calls would go round for ever.
            if (_deactivation is not null && (_served || _waiting.Count == 0))
            {
                _phase = ActivationPhase.Ending;
                return false;
            }

            if (!_waiting.TryDequeue(out item))
            {
                _pumping = false;
                SignalIfQuiet();
                return false;
            }

            if (item.Interleaves)
                _interleaving.Add(item);
            else
                _running = item;

            _served |= !item.IsLocal;
            return true;
        }
    }

    private async Task RunInterleavingAsync(IMailboxItem item)
    {
        if (!item.IsSettled && _grain is { } grain)
            AfterTurn(await item.RunAsync(grain));

        TaskCompletionSource? done = null;
        lock (_gate)
        {
            _interleaving.Remove(item);
            if (item.KeepsAlive)
                _usedAt = runtime.Now;

            if (_interleaving.Count == 0)
                done = _interleavingDone;

            SignalIfQuiet();
        }

        done?.TrySetResult();
    }

    private void AfterTurn(Exception? thrown)
    {
        if (thrown is InconsistentStateException)
            RequestDeactivation(new DeactivationReason(DeactivationReasonCode.ApplicationError, "Its stored state is another one."));
    }

    private sealed record TurnState(Activation Activation, IMailboxItem Item);
}

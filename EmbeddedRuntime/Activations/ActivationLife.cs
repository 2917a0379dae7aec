using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Core;
using Orleans.Runtime;
using ZeroKSync.EmbeddedRuntime.Calls;

namespace ZeroKSync.EmbeddedRuntime.Activations;

/// <summary>How an activation begins and ends.</summary>
internal sealed partial class Activation
{
    [ThreadStatic]
    private static Activation? _underConstruction;

    private readonly List<IStorage> _states = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _quiet;
    private AsyncServiceScope _scope;
    private Grain? _grain;

    /// <summary>The activation whose grain this thread constructs now: how a grain's base finds it without a parameter.</summary>
    public static Activation? UnderConstruction => _underConstruction;

    public IServiceProvider Services => _scope.ServiceProvider;

    /// <summary>Completes when the activation has ended, however.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Completes when nothing runs and nothing waits, or the activation has ended.</summary>
    public Task WhenQuiet()
    {
        lock (_gate)
        {
            if (!_pumping && _interleaving.Count == 0)
                return Task.CompletedTask;

            _quiet ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.WhenAny(_quiet.Task, Ended);
        }
    }

    public void ReadBeforeFirstCall(IStorage state) => _states.Add(state);

    private async Task<bool> TryActivateAsync()
    {
        try
        {
            _scope = runtime.Services.CreateAsyncScope();
            _grain = Construct();
            using var limit = new CancellationTokenSource(runtime.Options.ActivationTimeout, runtime.Time);
            foreach (var state in _states)
                await state.ReadStateAsync(limit.Token);

            await _grain.OnActivateAsync(limit.Token);
            lock (_gate)
                _phase = ActivationPhase.Active;

            return true;
        }
#pragma warning disable CA1031 // Whatever the grain throws belongs to the callers that wait for it.
        catch (Exception exception)
        {
            runtime.Log.ActivationFailed(address.Class.Name, exception.GetType().Name);
            StopTimers();
            await ReleaseAsync();
            foreach (var call in Close())
                call.Fail(exception);

            _ended.TrySetResult();
            return false;
        }
#pragma warning restore CA1031
    }

    private Grain Construct()
    {
        _underConstruction = this;
        try
        {
            return address.Class.Create(this);
        }
        finally
        {
            _underConstruction = null;
        }
    }

    private async Task EndAsync()
    {
        var reason = _deactivation!.Value;
        StopTimers();
        try
        {
            using var limit = new CancellationTokenSource(runtime.Options.DeactivationTimeout, runtime.Time);
            await WhenInterleavingDone().WaitAsync(limit.Token);
            await _grain!.OnDeactivateAsync(reason, limit.Token).WaitAsync(limit.Token);
        }
#pragma warning disable CA1031 // Nobody waits for a deactivation; the next activation must not wait for ever.
        catch (Exception exception)
        {
            runtime.Log.DeactivationFailed(address.Class.Name, exception.GetType().Name);
        }
#pragma warning restore CA1031

        await ReleaseAsync();
        foreach (var call in Close())
            runtime.Forward(address, call);

        _ended.TrySetResult();
    }

    private void SignalIfQuiet()
    {
        if (_pumping || _interleaving.Count > 0)
            return;

        _quiet?.TrySetResult();
        _quiet = null;
    }

    private Task WhenInterleavingDone()
    {
        lock (_gate)
        {
            if (_interleaving.Count == 0)
                return Task.CompletedTask;

            _interleavingDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _interleavingDone.Task;
        }
    }

    private async Task ReleaseAsync()
    {
        try
        {
            if (_grain is IAsyncDisposable releasedAsync)
                await releasedAsync.DisposeAsync();
            else
                (_grain as IDisposable)?.Dispose();

            await _scope.DisposeAsync();
        }
#pragma warning disable CA1031 // As above: what a grain's disposal throws has no one to go to.
        catch (Exception exception)
        {
            runtime.Log.DeactivationFailed(address.Class.Name, exception.GetType().Name);
        }
#pragma warning restore CA1031
    }

    /// <summary>From here on nothing is accepted; what waited is returned, in order.</summary>
    private IMailboxItem[] Close()
    {
        IMailboxItem[] left;
        IMailboxItem[] stuck;
        lock (_gate)
        {
            _phase = ActivationPhase.Ended;
            stuck = [.. _interleaving];
            left = [.. _waiting.Where(item => !item.IsLocal && !item.IsSettled)];
            _waiting.Clear();
        }

        // References remember their last activation; the grain's memory need not stay for that.
        _grain = null;
        runtime.Forget(this);
        foreach (var call in stuck)
            call.Fail(new OrleansException($"{address.Class.Name} was deactivated while the call was under way; whether it took effect is unknown."));

        return left;
    }
}

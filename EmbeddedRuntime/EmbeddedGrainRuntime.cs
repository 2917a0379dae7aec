using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using ZeroKSync.EmbeddedRuntime.Activations;
using ZeroKSync.EmbeddedRuntime.Calls;
using ZeroKSync.EmbeddedRuntime.References;

namespace ZeroKSync.EmbeddedRuntime;

/// <summary>The grains of one process: which are active, and the way to them. It never spans processes.</summary>
internal sealed class EmbeddedGrainRuntime : IDisposable
{
    private const int QuietRoundsMax = 1000;

    private readonly ConcurrentDictionary<GrainAddress, Activation> _activations = new();
    private readonly ITimer _sweep;
    private int _sweeping;
    private volatile bool _closed;

    public EmbeddedGrainRuntime(
        GrainCatalog catalog,
        EmbeddedGrainOptions options,
        IServiceProvider services,
        TimeProvider time,
        ILogger<EmbeddedGrainRuntime> log)
    {
        options.Validate();
        Catalog = catalog;
        Options = options;
        Services = services;
        Time = time;
        Log = log;
        Factory = new EmbeddedGrainFactory(this);
        using var suppressed = ContextFlow.Suppress();
        _sweep = time.CreateTimer(static runtime => ((EmbeddedGrainRuntime)runtime!).Sweep(), this, options.SweepInterval, options.SweepInterval);
    }

    public GrainCatalog Catalog { get; }

    public EmbeddedGrainOptions Options { get; }

    public IServiceProvider Services { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    public IGrainFactory Factory { get; }

    public long Now => Time.GetTimestamp();

    /// <summary>Grains that are active now.</summary>
    public int Active => _activations.Count;

    /// <exception cref="LimitExceededException">The grain's mailbox is full.</exception>
    /// <exception cref="OrleansException">The runtime is stopping.</exception>
    public Activation Deliver(GrainAddress address, IMailboxItem call)
    {
        while (true)
        {
            var activation = FindOrAdd(address);
            if (activation.TryAccept(call))
                return activation;

            Forget(activation);
        }
    }

    /// <summary>Hands a call that waited for an ended activation to the next one.</summary>
    public void Forward(GrainAddress address, IMailboxItem call)
    {
        try
        {
            while (true)
            {
                var activation = FindOrAdd(address);
                if (activation.TryInherit(call))
                    return;

                Forget(activation);
            }
        }
        catch (OrleansException exception)
        {
            call.Fail(exception);
        }
    }

    public void Forget(Activation activation) => _activations.TryRemove(KeyValuePair.Create(activation.Address, activation));

    public ObserverTarget Observe(IGrainObserver observer) => new(observer, Options.ObserverQueueMax, Log);

    /// <summary>Lets the calls under way end, then deactivates every grain. Calls after that fail.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        int count = 0;
        try
        {
            await WhenQuietAsync(cancellationToken);
            _closed = true;
            var ending = _activations.Values.ToArray();
            foreach (var activation in ending)
                activation.RequestDeactivation(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The process stops."));

            count = ending.Length;
            await Task.WhenAll(ending.Select(activation => activation.Ended)).WaitAsync(cancellationToken);
            Log.Drained(count);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _closed = true;
            Log.DrainCutShort(_activations.Count);
        }
    }

    /// <summary>Completes when no call is under way anywhere.</summary>
    public async Task WhenQuietAsync(CancellationToken cancellationToken)
    {
        // A call may make others, so one look is not enough; grains that call one another for ever are cut short.
        for (int round = 0; round < QuietRoundsMax; round++)
        {
            var busy = _activations.Values.Select(activation => activation.WhenQuiet()).Where(task => !task.IsCompleted).ToArray();
            if (busy.Length == 0)
                return;

            await Task.WhenAll(busy).WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _closed = true;
        _sweep.Dispose();
    }

    private Activation FindOrAdd(GrainAddress address)
    {
        if (_activations.TryGetValue(address, out var found))
            return found;

        return _closed
            ? throw new OrleansException("The grain runtime is stopping.")
            : _activations.GetOrAdd(address, static (key, runtime) => new Activation(runtime, key), this);
    }

    private void Sweep()
    {
        // A slow sweep is not joined by the next.
        if (Interlocked.Exchange(ref _sweeping, 1) == 1)
            return;

        long now = Now;
        foreach (var activation in _activations.Values)
            activation.Sweep(now);

        Volatile.Write(ref _sweeping, 0);
    }
}

using System.Collections.Concurrent;

namespace ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

/// <summary>What a grain and its test share outside grain calls: both runtimes run the grains in the test's process.</summary>
public sealed class Probe
{
    private static readonly ConcurrentDictionary<string, Probe> All = new(StringComparer.Ordinal);
    private static int _next;

    private readonly TaskCompletionSource _entered = New();
    private readonly TaskCompletionSource _release = New();
    private readonly TaskCompletionSource _deactivating = New();
    private readonly TaskCompletionSource _deactivate = New();
    private readonly ConcurrentQueue<string> _events = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _tickWaits = [];
    private int _inside;

    public int Activations;
    public int FailuresLeft;
    public int Overlaps;
    public int Ticks;
    public bool HoldsDeactivation;

    public static Probe Of(string key) => All.GetOrAdd(key, _ => new Probe());

    public static string NewKey() => $"probe-{Interlocked.Increment(ref _next)}";

    public Task Entered => _entered.Task;

    public Task Deactivating => _deactivating.Task;

    public IReadOnlyList<string> Events => [.. _events];

    public void Note(string what) => _events.Enqueue(what);

    public void Release() => _release.TrySetResult();

    public void Deactivate() => _deactivate.TrySetResult();

    public async Task HoldAsync()
    {
        _entered.TrySetResult();
        await _release.Task;
    }

    public async Task HoldDeactivationAsync()
    {
        _deactivating.TrySetResult();
        if (HoldsDeactivation)
            await _deactivate.Task;
    }

    /// <summary>Completes when the timer has ticked so often.</summary>
    public Task TicksReach(int count)
    {
        var reached = New();
        lock (_tickWaits)
        {
            if (Volatile.Read(ref Ticks) >= count)
                reached.SetResult();
            else
                _tickWaits.Add((count, reached));
        }

        return reached.Task;
    }

    public Task TickedAsync()
    {
        lock (_tickWaits)
        {
            foreach (var (count, reached) in _tickWaits)
            {
                if (Ticks >= count)
                    reached.TrySetResult();
            }
        }

        return Task.CompletedTask;
    }

    public void Enter()
    {
        if (Interlocked.Increment(ref _inside) > 1)
            Interlocked.Increment(ref Overlaps);
    }

    public void Leave() => Interlocked.Decrement(ref _inside);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

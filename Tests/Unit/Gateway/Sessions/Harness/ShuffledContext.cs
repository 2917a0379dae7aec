using System.Collections.Concurrent;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions.Harness;

/// <summary>Runs everything that is posted to it on one thread, in an order of its seed: each await may be overtaken by any other.</summary>
internal sealed class ShuffledContext(int seed) : SynchronizationContext
{
    private readonly Random _random = new(seed);
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];

    public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));

    /// <summary>Runs until the task is done.</summary>
    public void Run(Func<Task> work)
    {
        SynchronizationContext? outer = Current;
        SetSynchronizationContext(this);
        try
        {
            Task task = work();
            while (!task.IsCompleted)
            {
                if (_ready.Count == 0)
                    _ready.Add(_posted.TryTake(out var next, Bounded.Default) ? next : throw new TimeoutException($"Nothing goes on, seed {seed}."));

                while (_posted.TryTake(out var more))
                    _ready.Add(more);

                int index = _random.Next(_ready.Count);
                (SendOrPostCallback callback, object? state) = _ready[index];
                _ready.RemoveAt(index);
                callback(state);
            }

            if (task.Exception is { } failed)
                throw new InvalidOperationException($"Failed with seed {seed}.", failed.InnerException);
        }
        finally
        {
            SetSynchronizationContext(outer);
            _posted.Dispose();
        }
    }
}

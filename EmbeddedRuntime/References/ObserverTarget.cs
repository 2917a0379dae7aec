using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace ZeroKSync.EmbeddedRuntime.References;

/// <summary>
/// The far end of an observer reference: held weakly, called one at a time and in order, away from the grain. What does not fit into its
/// queue is dropped: an observer only says that there is something to read.
/// </summary>
internal sealed class ObserverTarget(IGrainObserver observer, int queueMax, ILogger logger) : IThreadPoolWorkItem
{
    private static readonly ConcurrentDictionary<MethodInfo, MethodInvoker> Invokers = new();

    private readonly Lock _gate = new();
    private readonly Queue<(MethodInfo Method, object?[] Arguments, ImmutableDictionary<string, object>? Context)> _waiting = new();
    private readonly WeakReference<IGrainObserver> _observer = new(observer);
    private bool _deleted;
    private bool _pumping;

    public void Post(MethodInfo method, object?[] arguments)
    {
        lock (_gate)
        {
            if (_deleted)
                return;

            if (_waiting.Count >= queueMax)
            {
                logger.ObserverQueueFull(queueMax);
                return;
            }

            _waiting.Enqueue((method, arguments, RequestContext.Values));
            if (_pumping)
                return;

            _pumping = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Delete()
    {
        lock (_gate)
        {
            _deleted = true;
            _waiting.Clear();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (TryTake(out var method, out object?[] arguments, out var context))
        {
            // Taken per call: between calls the object may be collected.
            if (!_observer.TryGetTarget(out var target))
            {
                Delete();
                continue;
            }

            RequestContext.Values = context;
            try
            {
                Invokers.GetOrAdd(method, MethodInvoker.Create).Invoke(target, arguments.AsSpan());
            }
#pragma warning disable CA1031 // A one-way call has nobody to tell, and the next one is not its concern.
            catch (Exception exception)
            {
                logger.ObserverThrew(exception.GetType().Name);
            }
#pragma warning restore CA1031
        }

        RequestContext.Values = null;
    }

    private bool TryTake(out MethodInfo method, out object?[] arguments, out ImmutableDictionary<string, object>? context)
    {
        lock (_gate)
        {
            bool taken = _waiting.TryDequeue(out var next);
            (method, arguments, context) = next;
            _pumping = taken;
            return taken;
        }
    }
}

using System.Collections.Immutable;
using Orleans.Runtime;

namespace ZeroKSync.EmbeddedRuntime.Calls;

/// <summary>One call on its way to a grain and back. Settled once: by the grain, a timeout, or the caller's token.</summary>
internal sealed class GrainCall<TResult> : TaskCompletionSource<TResult>, IMailboxItem
{
    private readonly GrainMethod<TResult> _method;
    private readonly object?[] _arguments;
    private readonly ImmutableDictionary<string, object>? _context = RequestContext.Values;
    private readonly CancellationTokenRegistration _cancellation;

    public GrainCall(GrainMethod<TResult> method, object?[] arguments, long sentAt)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        _method = method;
        _arguments = arguments;
        SentAt = sentAt;
        if (method.TokenIndex >= 0 && arguments[method.TokenIndex] is CancellationToken { CanBeCanceled: true } token)
            _cancellation = token.UnsafeRegister(static (call, token) => ((GrainCall<TResult>)call!).TrySetCanceled(token), this);
    }

    public bool Interleaves => _method.Interleaves;

    public bool KeepsAlive => true;

    public bool IsLocal => false;

    public bool IsSettled => Task.IsCompleted;

    public long SentAt { get; }

    public async ValueTask<Exception?> RunAsync(object grain)
    {
        RequestContext.Values = _context;
        try
        {
            var result = await _method.Invoke(grain, _arguments);
            _cancellation.Unregister();
            TrySetResult(result);
            return null;
        }
        catch (OperationCanceledException exception)
        {
            _cancellation.Unregister();
            TrySetCanceled(exception.CancellationToken);
            return exception;
        }
#pragma warning disable CA1031 // Whatever the grain throws belongs to its caller.
        catch (Exception exception)
        {
            _cancellation.Unregister();
            TrySetException(exception);
            return exception;
        }
#pragma warning restore CA1031
    }

    public void Fail(Exception exception)
    {
        _cancellation.Unregister();
        TrySetException(exception);
    }
}

namespace ZeroKSync.Client.Persistence;

/// <summary>A work with a result. A <see cref="SyncException"/> that it throws before it writes is its own failure, not the transaction's.</summary>
internal sealed class StoreWork<T>(Func<ClientTransaction, T> work, CancellationToken cancellationToken) : StoreWork
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private SyncException? _refused;

    public Task<T> Task => _completion.Task;

    public override bool TryCancel() => cancellationToken.IsCancellationRequested && _completion.TrySetCanceled(cancellationToken);

    public override void Run(ClientTransaction transaction)
    {
        try
        {
            _result = work(transaction);
        }
        catch (SyncException refused)
        {
            _refused = refused;
        }
    }

    public override void Complete()
    {
        if (_refused is null)
            _completion.SetResult(_result!);
        else
            _completion.SetException(_refused);
    }

    public override void Fail(SyncException failure) => _completion.SetException(failure);
}

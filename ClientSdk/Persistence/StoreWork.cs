namespace ZeroKSync.Client.Persistence;

/// <summary>Something to do in a transaction, with the task its caller waits on.</summary>
internal abstract class StoreWork
{
    /// <summary>Ends it before it began if its caller gave up.</summary>
    public abstract bool TryCancel();

    public abstract void Run(ClientTransaction transaction);

    /// <summary>The transaction is on disk.</summary>
    public abstract void Complete();

    public abstract void Fail(SyncException failure);
}

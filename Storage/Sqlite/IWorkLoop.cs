namespace ZeroKSync.Storage.Sqlite;

/// <summary>What a database thread does with its queue until that is closed.</summary>
internal interface IWorkLoop
{
    void Run(WorkQueue queue);
}

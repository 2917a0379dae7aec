namespace ZeroKSync.Grains.Storage;

/// <summary>What became of a write.</summary>
public abstract record LogWriteResult
{
    private protected LogWriteResult()
    {
    }
}

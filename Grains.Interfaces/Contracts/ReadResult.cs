namespace ZeroKSync.Grains.Contracts;

/// <summary>A page, or why there is none.</summary>
[GenerateSerializer]
[Alias("zks.ReadResult")]
[Immutable]
public abstract record ReadResult
{
    private protected ReadResult()
    {
    }
}

namespace ZeroKSync.Grains.Contracts;

/// <summary>Let in, let in to fetch rotations, or refused.</summary>
[GenerateSerializer]
[Alias("zks.HelloResult")]
[Immutable]
public abstract record HelloResult
{
    private protected HelloResult()
    {
    }
}

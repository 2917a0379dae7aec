namespace ZeroKSync.Grains.Contracts;

/// <summary>Something about the group that its devices should hear.</summary>
[GenerateSerializer]
[Alias("zks.GroupNotice")]
[Immutable]
public abstract record GroupNotice
{
    private protected GroupNotice()
    {
    }
}

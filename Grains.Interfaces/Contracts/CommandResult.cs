namespace ZeroKSync.Grains.Contracts;

/// <summary>Done, or refused.</summary>
[GenerateSerializer]
[Alias("zks.CommandResult")]
[Immutable]
public abstract record CommandResult
{
    private protected CommandResult()
    {
    }
}

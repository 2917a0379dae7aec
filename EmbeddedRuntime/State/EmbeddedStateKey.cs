namespace ZeroKSync.EmbeddedRuntime;

/// <summary>Names one stored state. It prints no key: that is an id.</summary>
/// <param name="StorageName">The store the grain asked for, or null for the only one.</param>
/// <param name="StateName">The state's name in its grain.</param>
/// <param name="GrainType">The grain class's stable name.</param>
/// <param name="GrainKey">The grain's key.</param>
public readonly record struct EmbeddedStateKey(string? StorageName, string StateName, string GrainType, string GrainKey)
{
    public override string ToString() => $"{GrainType}.{StateName}";
}

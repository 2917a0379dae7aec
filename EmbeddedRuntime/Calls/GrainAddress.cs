namespace ZeroKSync.EmbeddedRuntime.Calls;

/// <summary>One grain. It prints its class alone: the key is an id.</summary>
internal readonly record struct GrainAddress(GrainClass Class, string Key)
{
    public override string ToString() => Class.Name;
}

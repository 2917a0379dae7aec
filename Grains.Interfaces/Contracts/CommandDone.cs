namespace ZeroKSync.Grains.Contracts;

/// <summary>The command took effect, durably.</summary>
[GenerateSerializer]
[Alias("zks.CommandDone")]
[Immutable]
public sealed record CommandDone : CommandResult;

namespace ZeroKSync.Storage;

/// <summary>What <see cref="IStoreOperations.TrimAsync"/> may remove; the meanings are the relay's group options'.</summary>
/// <param name="NowMs">Relay time.</param>
/// <param name="DeliveredRetention">How long a delivered blob stays.</param>
/// <param name="HoleRetention">How long a row without its blob stays.</param>
public sealed record TrimPolicy(ulong NowMs, TimeSpan DeliveredRetention, TimeSpan HoleRetention);

using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>What other devices say a sender has sent and this device does not have. The first counts for the time, the last for what is owed.</summary>
/// <param name="First">The lowest sequence that was claimed and is not here.</param>
/// <param name="FirstAt">When that was heard of.</param>
/// <param name="Last">The highest sequence that was claimed.</param>
/// <param name="LastAt">When that was heard of.</param>
internal readonly record struct VectorClaim(Sequence First, DateTimeOffset FirstAt, Sequence Last, DateTimeOffset LastAt);

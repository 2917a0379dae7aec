namespace ZeroKSync.Grains.Storage;

/// <summary>A grain's state as stored.</summary>
public sealed record StoredGrainState(string Etag, ReadOnlyMemory<byte> State);

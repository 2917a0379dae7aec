namespace ZeroKSync.EmbeddedRuntime;

/// <summary>A stored state and its version.</summary>
public sealed record EmbeddedGrainRecord(ReadOnlyMemory<byte> State, string Etag);

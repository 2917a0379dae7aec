using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>What a group has stored.</summary>
public sealed record LogStatistics(Cursor Oldest, Cursor Head, long BytesUsed, long Rows);

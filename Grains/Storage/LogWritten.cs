using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>It is on disk.</summary>
/// <param name="Version">The group's version now.</param>
/// <param name="Oldest">The oldest cursor now.</param>
/// <param name="Head">The head now; the rows of an append end there.</param>
/// <param name="BytesUsed">Bytes of all envelopes stored now.</param>
public sealed record LogWritten(long Version, Cursor Oldest, Cursor Head, long BytesUsed) : LogWriteResult;

namespace ZeroKSync.Grains.Storage;

/// <summary>The group has no room for the append, even without its delivered prefix: nothing was written.</summary>
/// <param name="BytesUsed">Bytes of all envelopes stored.</param>
public sealed record LogQuotaExceeded(long BytesUsed) : LogWriteResult;

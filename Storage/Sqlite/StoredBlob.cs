namespace ZeroKSync.Storage.Sqlite;

/// <summary>One blob of a row of the table.</summary>
/// <param name="Row">Its numbers.</param>
/// <param name="Checksum">What is stored as its checksum.</param>
/// <param name="Size">Bytes it counts for in the group's quota.</param>
/// <param name="Body">Its envelope, or its proof where it is deleted; empty where it has none, or where only the numbers were read.</param>
internal readonly record struct StoredBlob(LogRow Row, long Checksum, long Size, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whether it is what was stored; only where the body was read too.</summary>
    public bool IsSound => LogRow.Checksum(Row, Body.Span) == Checksum;
}

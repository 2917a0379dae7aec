using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>Which blobs of an append share a row.</summary>
internal static class Packing
{
    /// <summary>Blobs of a row. Who reads one of them reads them all.</summary>
    public const int BlobsMax = 64;

    /// <summary>Envelope bytes of a row; a larger blob has its own.</summary>
    public const int BytesMax = 64 << 10;

    /// <summary>How many of these, from the first on, are one row: those that differ in nothing that a row says once.</summary>
    /// <param name="entries">At least one.</param>
    public static int Next(ReadOnlySpan<LogEntry> entries)
    {
        long bytes = entries[0].Envelope.Length;
        int count = 1;
        while (count < Math.Min(entries.Length, BlobsMax)
            && entries[count].ExpiresMs == entries[0].ExpiresMs
            && entries[count].KeyEpoch == entries[0].KeyEpoch
            && (bytes += entries[count].Envelope.Length) <= BytesMax)
        {
            count++;
        }

        return count;
    }
}

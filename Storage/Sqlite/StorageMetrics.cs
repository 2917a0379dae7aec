using System.Diagnostics.Metrics;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>What storage counts. No instrument has a label.</summary>
internal static class StorageMetrics
{
    private static readonly Meter Meter = new("ZeroKSync.Storage");

    /// <summary>Rows found not to match their checksum.</summary>
    public static readonly Counter<long> CorruptRows = Meter.CreateCounter<long>("zks.storage.corrupt_rows", "{row}");
}

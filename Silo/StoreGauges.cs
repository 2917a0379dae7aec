using System.Diagnostics.Metrics;
using ZeroKSync.Storage.Sqlite;

namespace ZeroKSync.Silo;

/// <summary>How large the database is on its disk and what is left there: read of the file system when somebody looks, never of the database.</summary>
internal sealed class StoreGauges : IDisposable
{
    private readonly Meter _meter = new("ZeroKSync.Silo");

    public StoreGauges(string directory, bool hasDatabase)
    {
        _meter.CreateObservableGauge("zks.storage.disk_free_bytes", () => new DriveInfo(directory).AvailableFreeSpace, "By", "Bytes that can still be written to the data directory's disk.");
        if (!hasDatabase)
            return;

        _meter.CreateObservableGauge("zks.storage.database_bytes", () => Bytes(directory, string.Empty), "By", "Size of the database's file.");
        _meter.CreateObservableGauge("zks.storage.write_ahead_log_bytes", () => Bytes(directory, "-wal"), "By", "Size of its write-ahead log.");
    }

    public void Dispose() => _meter.Dispose();

    private static long Bytes(string directory, string suffix)
    {
        var file = new FileInfo(Path.Combine(directory, SqliteStore.FileName + suffix));
        return file.Exists ? file.Length : 0;
    }
}

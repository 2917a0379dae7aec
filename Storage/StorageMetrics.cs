using System.Diagnostics.Metrics;

namespace ZeroKSync.Storage;

/// <summary>What storage counts. No instrument has a label.</summary>
internal static class StorageMetrics
{
    private static readonly Meter Meter = new("ZeroKSync.Storage");

    /// <summary>Rows found not to match their checksum, each once.</summary>
    public static readonly Counter<long> CorruptRows = Meter.CreateCounter<long>("zks.storage.corrupt_rows", "{row}");

    /// <summary>Rows that could not be read at all, each time a reader was told so.</summary>
    public static readonly Counter<long> UnreadableRows = Meter.CreateCounter<long>("zks.storage.unreadable_rows", "{row}");

    /// <summary>Rows whose envelope went because its time was over.</summary>
    public static readonly Counter<long> ExpiredRows = Meter.CreateCounter<long>("zks.storage.expired_rows", "{row}");

    /// <summary>Transactions that wrote.</summary>
    public static readonly Counter<long> Commits = Meter.CreateCounter<long>("zks.storage.commits", "{commit}");

    /// <summary>Writes in those transactions; with <see cref="Commits"/>, how many share a sync.</summary>
    public static readonly Counter<long> Writes = Meter.CreateCounter<long>("zks.storage.writes", "{write}");

    /// <summary>Writes that another activation's was before.</summary>
    public static readonly Counter<long> Fenced = Meter.CreateCounter<long>("zks.storage.fenced", "{write}");

    /// <summary>Transactions that failed.</summary>
    public static readonly Counter<long> Failures = Meter.CreateCounter<long>("zks.storage.failures", "{commit}");
}

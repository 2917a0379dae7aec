namespace ZeroKSync.Storage.Sqlite;

/// <summary>Where the relay's database is and how much may wait for it.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The folder of the database; it must exist.</summary>
    public required string Directory { get; init; }

    /// <summary>Writes that may wait; one more is refused. 1 to 1,000,000, default 65,536.</summary>
    public int WritesWaitingMax { get; init; } = 65_536;

    /// <summary>Reads that may wait; one more is refused. 1 to 1,000,000, default 16,384.</summary>
    public int ReadsWaitingMax { get; init; } = 16_384;

    /// <summary>Writes in one transaction: more share one sync, and the first waits longer. 1 to 65,536, default 1,024.</summary>
    public int WritesPerCommitMax { get; init; } = 1_024;

    /// <summary>Threads that read. 1 to 64, default 2.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>The layer below SQLite; null is the system's files. Tests put faults there.</summary>
    internal string? Vfs { get; init; }

    /// <summary>Pages of the write-ahead log before it is copied back: fewer, larger copies than SQLite's 1,000; while they are copied it grows on.</summary>
    internal int CheckpointPages { get; init; } = 4_000;

    /// <summary>How long the writing thread has nothing to do before it settles appends.</summary>
    internal TimeSpan SettlePause { get; init; } = TimeSpan.FromSeconds(1);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Directory);
        InRange(WritesWaitingMax, 1_000_000, nameof(WritesWaitingMax));
        InRange(ReadsWaitingMax, 1_000_000, nameof(ReadsWaitingMax));
        InRange(WritesPerCommitMax, 65_536, nameof(WritesPerCommitMax));
        InRange(Readers, 64, nameof(Readers));
    }

    private static void InRange(int value, int max, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max, name);
    }
}

using ZeroKSync.Gateway.Telemetry;
using ZeroKSync.Storage.PostgreSql;
using ZeroKSync.Storage.Sqlite;

namespace ZeroKSync.Silo.Configuration;

/// <summary>Which database the relay keeps its groups in, and how much may wait for it.</summary>
internal sealed class StorageOptions
{
    private const int PostgreSqlWritesMax = 4_096;

    /// <summary>
    /// How PostgreSQL is reached, in Npgsql's keywords. Without it the database is a SQLite file in the data directory; the relay's keys are there in
    /// either case. A secret: not taken from the command line.
    /// </summary>
    [Secret]
    public string? ConnectionString { get; set; }

    /// <summary>For PostgreSQL: connections that write, each with a transaction of its own under way. 1 to 8, default 2.</summary>
    public int Writers { get; set; } = 2;

    /// <summary>For PostgreSQL: connections for everything else. 1 to 200, default 8.</summary>
    public int Connections { get; set; } = 8;

    /// <summary>Writes that may wait; one more is refused. 1 to 1,000,000, default 65,536.</summary>
    public int WritesWaitingMax { get; set; } = 65_536;

    /// <summary>Reads that may wait; one more is refused. 1 to 1,000,000, default 16,384.</summary>
    public int ReadsWaitingMax { get; set; } = 16_384;

    /// <summary>Writes in one transaction: more share one sync, and the first waits longer. On PostgreSQL at most 4,096. 1 to 65,536, default 1,024.</summary>
    public int WritesPerCommitMax { get; set; } = 1_024;

    /// <summary>For SQLite: threads that read. 1 to 64, default 2.</summary>
    public int Readers { get; set; } = 2;

    /// <summary>Whether the database is a server's.</summary>
    public bool IsPostgreSql => !string.IsNullOrWhiteSpace(ConnectionString);

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds; the message names it.</exception>
    public void Validate()
    {
        OptionBounds.InRange(Writers, 1, 8, nameof(Writers));
        OptionBounds.InRange(Connections, 1, 200, nameof(Connections));
        OptionBounds.InRange(WritesWaitingMax, 1, 1_000_000, nameof(WritesWaitingMax));
        OptionBounds.InRange(ReadsWaitingMax, 1, 1_000_000, nameof(ReadsWaitingMax));
        OptionBounds.InRange(WritesPerCommitMax, 1, 65_536, nameof(WritesPerCommitMax));
        OptionBounds.InRange(Readers, 1, 64, nameof(Readers));
    }

    public SqliteStoreOptions ToSqlite(string directory) => new()
    {
        Directory = directory,
        WritesWaitingMax = WritesWaitingMax,
        ReadsWaitingMax = ReadsWaitingMax,
        WritesPerCommitMax = WritesPerCommitMax,
        Readers = Readers,
    };

    public PostgreSqlStoreOptions ToPostgreSql() => new()
    {
        ConnectionString = ConnectionString ?? throw new InvalidOperationException("It was not validated."),
        Writers = Writers,
        Connections = Connections,
        WritesWaitingMax = WritesWaitingMax,
        ReadsWaitingMax = ReadsWaitingMax,
        WritesPerCommitMax = Math.Min(WritesPerCommitMax, PostgreSqlWritesMax),
    };
}

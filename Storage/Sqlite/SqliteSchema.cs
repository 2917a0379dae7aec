using System.Globalization;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Storage.Sqlite.Interop;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// Opens connections as the store needs them, brings a database to this program's version by the numbered migrations, and looks at what
/// costs nothing to look at.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>The version of this program; there is a migration for each up to it.</summary>
    public const int Version = 4;

    // Only a copy that is being made, or a recovery, can be in the way.
    private const int BusyMilliseconds = 30_000;

    private const long ApplicationId = 0x5A4B5331;

    static SqliteSchema()
    {
        SQLitePCL.Batteries_V2.Init();
    }

    public static SqliteConnection Open(string path, SqliteStoreOptions options) =>
        Prepared(OpenConnection(path, SqliteOpenMode.ReadWriteCreate, CoalescingVfs.Over(options.Vfs)), connection =>
        {
            // Before the first table, or it has no effect.
            Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
            Execute(connection, "PRAGMA journal_mode = WAL");
            // FULL: a commit returns after the log is synced. This is what an acknowledgement stands on.
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(connection, $"PRAGMA wal_autocheckpoint = {options.CheckpointPages}");
            Migrate(connection, Version);
            Look(connection);
        });

    /// <summary>A connection that copies the write-ahead log back: it syncs the log before and the database after.</summary>
    public static SqliteConnection OpenCopier(string path, string? vfs) =>
        Prepared(OpenConnection(path, SqliteOpenMode.ReadWrite, vfs), connection => Execute(connection, "PRAGMA synchronous = FULL"));

    public static SqliteConnection OpenReader(string path, string? vfs = null) =>
        Prepared(OpenConnection(path, SqliteOpenMode.ReadWrite, vfs), connection => Execute(connection, "PRAGMA query_only = ON"));

    /// <summary>Brings the database to a version, each step in a transaction of its own.</summary>
    /// <exception cref="StorageException">It is of a later program.</exception>
    public static void Migrate(SqliteConnection connection, int target)
    {
        long found = Read(connection, "PRAGMA user_version");
        if (found > target)
            throw new StorageException(StorageErrorKind.CannotOpen, $"The database has version {found}; this program knows {target}. Run the newer program, or restore a backup made before it ran.");

        FromVersion1.Register(connection);
        for (long version = found + 1; version <= target; version++)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            Execute(connection, Source(version));
            Execute(connection, $"PRAGMA user_version = {version}");
            transaction.Commit();
        }
    }

    // The full check reads everything; this reads a page of each table, so that a database that is plainly broken is not served.
    private static void Look(SqliteConnection connection)
    {
        if (Read(connection, "PRAGMA application_id") != ApplicationId)
            throw new StorageException(StorageErrorKind.CannotOpen, "The database is not a relay's.");

        foreach (string table in (string[])["groups", "devices", "ring_segments", "wraps", "rotations", "audit", "unsettled", "grain_states"])
            Read(connection, $"SELECT COUNT(*) FROM (SELECT 1 FROM {table} LIMIT 1)");

        // Of the log, where its next row goes. A page of what it has can be damaged: its rows are lost, and the others are served.
        Read(connection, $"SELECT COUNT(*) FROM entries NOT INDEXED WHERE id = {long.MaxValue}");

        if (Read(connection, "SELECT COUNT(*) FROM totals") != 1)
            throw new StorageException(StorageErrorKind.CannotOpen, "The database has lost its totals: restore a backup.");
    }

    /// <summary>Refuses a database that this program reads only once it has brought it up.</summary>
    /// <exception cref="StorageException">It is of another version.</exception>
    public static void RequireVersion(SqliteConnection connection)
    {
        if (Read(connection, "PRAGMA user_version") is var found and not Version)
            throw new StorageException(StorageErrorKind.CannotOpen, $"The database has version {found}; this program reads {Version}. A start of the relay brings an older one up; make a backup first.");
    }

    private static SqliteConnection OpenConnection(string path, SqliteOpenMode mode, string? vfs)
    {
        var builder = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false };
        if (vfs is not null)
            builder.Vfs = vfs;

        return Prepared(new SqliteConnection(builder.ToString()), connection =>
        {
            connection.Open();
            Execute(connection, "PRAGMA foreign_keys = OFF");
            Execute(connection, $"PRAGMA busy_timeout = {BusyMilliseconds}");
            Execute(connection, "PRAGMA temp_store = MEMORY");
        });
    }

    // One that cannot be prepared is given back.
    private static SqliteConnection Prepared(SqliteConnection connection, Action<SqliteConnection> prepare)
    {
        try
        {
            prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string Source(long version)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"ZeroKSync.Storage.Sqlite.Migrations.{version:D4}.sql");
        using Stream source = typeof(SqliteSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"Migration {version} is not in the assembly.");
        using var reader = new StreamReader(source);
        return reader.ReadToEnd();
    }

    private static long Read(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

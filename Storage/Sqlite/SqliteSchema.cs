using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>Opens connections as the store needs them, and makes the tables of a new database.</summary>
internal static class SqliteSchema
{
    public const int Version = 1;

    // Pages of log before it is copied back: fewer, larger copies than the default of 1000.
    private const int CheckpointPages = 4000;

    static SqliteSchema()
    {
        SQLitePCL.Batteries_V2.Init();
    }

    public static SqliteConnection Open(string path)
    {
        SqliteConnection connection = OpenConnection(path, SqliteOpenMode.ReadWriteCreate);
        // Before the first table, or it has no effect.
        Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
        Execute(connection, "PRAGMA journal_mode = WAL");
        // FULL: a commit returns after the log is synced. This is what an acknowledgement stands on.
        Execute(connection, "PRAGMA synchronous = FULL");
        Execute(connection, $"PRAGMA wal_autocheckpoint = {CheckpointPages}");
        Migrate(connection);
        return connection;
    }

    public static SqliteConnection OpenReader(string path)
    {
        SqliteConnection connection = OpenConnection(path, SqliteOpenMode.ReadWrite);
        Execute(connection, "PRAGMA query_only = ON");
        return connection;
    }

    private static SqliteConnection OpenConnection(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        Execute(connection, "PRAGMA foreign_keys = OFF");
        Execute(connection, "PRAGMA temp_store = MEMORY");
        return connection;
    }

    private static void Migrate(SqliteConnection connection)
    {
        using SqliteCommand version = connection.CreateCommand();
        version.CommandText = "PRAGMA user_version";
        long found = (long)(version.ExecuteScalar() ?? 0L);
        if (found == Version)
            return;

        if (found != 0)
            throw new StorageException(StorageErrorKind.CannotOpen, $"The database has version {found}; this program knows {Version}.");

        using Stream source = typeof(SqliteSchema).Assembly.GetManifestResourceStream("ZeroKSync.Storage.Sqlite.schema.sql")
            ?? throw new InvalidOperationException("The schema is not in the assembly.");
        using var reader = new StreamReader(source);
        using SqliteTransaction transaction = connection.BeginTransaction();
        Execute(connection, reader.ReadToEnd());
        Execute(connection, $"PRAGMA user_version = {Version}");
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

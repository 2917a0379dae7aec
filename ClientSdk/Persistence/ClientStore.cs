using Microsoft.Data.Sqlite;

namespace ZeroKSync.Client.Persistence;

/// <summary>The device's durable state. A change is synced to disk when its task completes; a read sees all changes before it.</summary>
internal sealed class ClientStore : IAsyncDisposable
{
    // Each brings a database of the version before to its own; a new one runs them all.
    private static readonly string[] Schemas = ["schema.sql", "schema-2.sql"];

    private readonly StoreThread _thread;

    private ClientStore(StoreThread thread)
    {
        _thread = thread;
    }

    /// <exception cref="SyncException"><see cref="SyncErrorKind.LocalStore"/>.</exception>
    public static ClientStore Open(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL");
            // A push is durable when it returns: every commit is synced.
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(connection, "PRAGMA temp_store = MEMORY");
            Execute(connection, "PRAGMA wal_autocheckpoint = 4000");
            Migrate(connection);
            return new ClientStore(new StoreThread(connection));
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new SyncException(SyncErrorKind.LocalStore, "The device's database cannot be opened: it is damaged, or not this user's.", inner: exception);
        }
        catch (SyncException)
        {
            connection.Dispose();
            throw;
        }
    }

    public Task<T> RunAsync<T>(Func<ClientTransaction, T> work, CancellationToken cancellationToken = default) => _thread.RunAsync(work, cancellationToken);

    public Task RunAsync(Action<ClientTransaction> work, CancellationToken cancellationToken = default) => _thread.RunAsync(
        transaction =>
        {
            work(transaction);
            return true;
        },
        cancellationToken);

    public ValueTask DisposeAsync() => _thread.DisposeAsync();

    private static void Migrate(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        long version = (long)(command.ExecuteScalar() ?? 0L);
        if (version > Schemas.Length)
            throw new SyncException(SyncErrorKind.LocalStore, "The device's database was written by a later version of this program.");

        if (version == Schemas.Length)
            return;

        using SqliteTransaction transaction = connection.BeginTransaction();
        foreach (string schema in Schemas.AsSpan((int)version))
            Execute(connection, ReadSchema(schema));

        Execute(connection, $"PRAGMA user_version = {Schemas.Length}");
        transaction.Commit();
    }

    private static string ReadSchema(string name)
    {
        using Stream source = typeof(ClientStore).Assembly.GetManifestResourceStream("ZeroKSync.Client.Persistence." + name)
            ?? throw new InvalidOperationException("The schema is not in the assembly.");
        using var reader = new StreamReader(source);
        return reader.ReadToEnd();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

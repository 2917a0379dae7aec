using ZeroKSync.Grains.Storage;
using ZeroKSync.Storage.PostgreSql;
using ZeroKSync.Storage.Sqlite;

namespace ZeroKSync.Storage;

/// <summary>An open store of either engine: the two ports that grains use, and what has to be disposed when they are done.</summary>
public sealed class RelayStore : IAsyncDisposable
{
    private readonly IAsyncDisposable _engine;

    private RelayStore(IAsyncDisposable engine, IBlobLog log, IGrainStateStore states)
    {
        _engine = engine;
        Log = new StorageSpans(log);
        States = states;
    }

    public IBlobLog Log { get; }

    public IGrainStateStore States { get; }

    /// <summary>Opens the SQLite database of a directory, or makes it.</summary>
    /// <exception cref="StorageException">It cannot be had; the message is a sentence.</exception>
    public static RelayStore Open(SqliteStoreOptions options)
    {
        SqliteStore store = SqliteStore.Open(options);
        return new RelayStore(store, new SqliteBlobLog(store), new SqliteGrainStateStore(store));
    }

    /// <summary>Connects to a PostgreSQL database and brings it to this program's version.</summary>
    /// <exception cref="StorageException">It cannot be had; the message is a sentence and holds nothing of the connection string.</exception>
    public static async Task<RelayStore> OpenAsync(PostgreSqlStoreOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        PostgreSqlStore store = await PostgreSqlStore.OpenAsync(options, time, cancellationToken);
        return new RelayStore(store, new PostgreSqlBlobLog(store), new PostgreSqlGrainStateStore(store));
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}

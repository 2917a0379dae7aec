using ZeroKSync.Grains.Storage;
using ZeroKSync.Silo.Configuration;
using ZeroKSync.Storage;
using ZeroKSync.Storage.PostgreSql;
using ZeroKSync.Storage.Sqlite;

namespace ZeroKSync.Silo;

/// <summary>Which database the relay runs on: PostgreSQL where a connection string is given, else SQLite in the data directory.</summary>
internal static class StoreChoice
{
    /// <exception cref="StorageException">It cannot be opened.</exception>
    public static async Task<RelayStore> OpenAsync(StorageOptions options, string directory, TimeProvider time, CancellationToken cancellationToken) => options.IsPostgreSql
        ? await RelayStore.OpenAsync(options.ToPostgreSql(), time, cancellationToken)
        : RelayStore.Open(options.ToSqlite(directory));

    /// <summary>An operator's work on it, without opening it.</summary>
    public static IStoreOperations Operations(StorageOptions options, string directory, TimeProvider time) => options.IsPostgreSql
        ? new PostgreSqlOperations(options.ToPostgreSql(), time)
        : new SqliteOperations(options.ToSqlite(directory));
}

using ZeroKSync.Storage;
using ZeroKSync.Storage.PostgreSql;
using ZeroKSync.Storage.Sqlite;

namespace ZeroKSync.Silo;

/// <summary>Which database the relay runs on: PostgreSQL where a connection string is given, else SQLite in the data directory.</summary>
internal static class StoreChoice
{
    /// <summary>The environment variable of the connection string. It may be a password's only place, so there is no option for the command line.</summary>
    public const string ConnectionVariable = "ZKS_RELAY_STORAGE__CONNECTIONSTRING";

    public static async Task<RelayStore> OpenAsync(string directory, TimeProvider time, CancellationToken cancellationToken) =>
        Environment.GetEnvironmentVariable(ConnectionVariable) is { Length: > 0 } connectionString
            ? await RelayStore.OpenAsync(new PostgreSqlStoreOptions { ConnectionString = connectionString }, time, cancellationToken)
            : RelayStore.Open(new SqliteStoreOptions { Directory = directory });
}

using System.CommandLine;
using ZeroKSync.Silo.Configuration;
using ZeroKSync.Storage;
using ZeroKSync.Storage.Sqlite;

namespace ZeroKSync.Silo.Commands;

/// <summary>What a command on a data directory works with.</summary>
internal sealed record StoreContext(RelayConfiguration Configuration, IStoreOperations Operations, ParseResult Arguments, CancellationToken CancellationToken)
{
    /// <summary>What only a file has: for a server its own tools are better.</summary>
    /// <exception cref="RelayStartException">The database is a server's.</exception>
    public SqliteOperations File => Operations as SqliteOperations
        ?? throw new RelayStartException("PostgreSQL has tools of its own: use pg_dump, or its backups, and 'renew-epochs' after putting one back.");
}

using System.Globalization;
using Npgsql;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>
/// What has to hold before a database is used: a server that syncs what it commits, and this program's version, reached by the numbered
/// migrations under a lock that all relays of the database share.
/// </summary>
internal static class PostgreSqlSchema
{
    /// <summary>The version of this program; there is a migration for each up to it.</summary>
    public const int Version = 2;

    private const int ServerVersionMin = 150_000;

    // 'ZKS1': the lock is this database's alone.
    private const long MigrationLock = 0x5A4B5331;

    private const string Home =
        """
        SELECT s.system_identifier::text || '/' || d.oid::text || '/' || c.timeline_id::text
        FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()
        """;

    /// <summary>Looked at for every new connection: what an acknowledgement stands on. A role, a database or something between may set it otherwise.</summary>
    public static Task RequireSyncAsync(NpgsqlConnection connection) => RequireAsync(connection, "synchronous_commit", "on");

    /// <exception cref="StorageException">The server does not sync, is too old, or the database is of a later program.</exception>
    public static async Task OpenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major < ServerVersionMin / 10_000)
            throw new StorageException(StorageErrorKind.CannotOpen, "The database server is older than PostgreSQL 15.");

        await RequireAsync(connection, "fsync", "on");
        await RequireAsync(connection, "full_page_writes", "on");
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({MigrationLock})", cancellationToken);
        try
        {
            await MigrateAsync(connection, cancellationToken);
            await SettleAsync(connection, cancellationToken);
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
        }
    }

    /// <summary>Gives every group a new relay epoch; returns how many there are.</summary>
    public static async Task<long> RenewEpochsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "UPDATE groups SET relay_epoch = substring(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) FROM 1 FOR 16), version = version + 1", connection);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS zks_migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())", cancellationToken);
        long found = await ReadAsync<int>(connection, "SELECT COALESCE(MAX(version), 0) FROM zks_migrations", cancellationToken);
        if (found > Version)
            throw new StorageException(StorageErrorKind.CannotOpen, $"The database has version {found}; this program knows {Version}. Run the newer program.");

        for (long version = found + 1; version <= Version; version++)
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, Source(version), cancellationToken);
            await ExecuteAsync(connection, $"INSERT INTO zks_migrations (version) VALUES ({version})", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    // A dump that was read back, a copy of the files under another server, a standby that took over: devices must not take it for the log they knew.
    private static async Task SettleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        string here = await ReadAsync<string>(connection, Home, cancellationToken);
        string? known = await ReadAsync<string?>(connection, "SELECT (SELECT server FROM home)", cancellationToken);
        if (known == here)
            return;

        if (known is not null)
            await RenewEpochsAsync(connection, cancellationToken);

        await using var command = new NpgsqlCommand("INSERT INTO home (server) VALUES ($1) ON CONFLICT (id) DO UPDATE SET server = excluded.server", connection)
        {
            Parameters = { new NpgsqlParameter { Value = here } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task RequireAsync(NpgsqlConnection connection, string setting, string value)
    {
        if (await ReadAsync<string>(connection, $"SHOW {setting}", CancellationToken.None) != value)
            throw new StorageException(StorageErrorKind.CannotOpen, $"The database server has {setting} set to something else than {value}: what it commits could be lost.");
    }

    private static string Source(long version)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"ZeroKSync.Storage.PostgreSql.Migrations.{version:D4}.sql");
        using Stream source = typeof(PostgreSqlSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"Migration {version} is not in the assembly.");
        using var reader = new StreamReader(source);
        return reader.ReadToEnd();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<T> ReadAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        object? value = await command.ExecuteScalarAsync(cancellationToken);
        return value is DBNull or null ? default! : (T)value;
    }
}

using System.Globalization;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>Small cold state of grains in the relay's database; the etag is a count of writes.</summary>
public sealed class PostgreSqlGrainStateStore(PostgreSqlStore store) : IGrainStateStore
{
    public Task<StoredGrainState?> ReadAsync(string name, string key, CancellationToken cancellationToken) =>
        store.ReadAsync(
            async connection => (await Sql.QueryAsync(
                connection, reader => new StoredGrainState(reader.GetString(0), reader.Bytes(1)), "SELECT etag, state FROM grain_states WHERE name = $1 AND key = $2", name, key)).SingleOrDefault(),
            cancellationToken);

    public Task<string?> WriteAsync(string name, string key, string? etag, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async connection =>
            {
                string next = Next(etag);
                int rows = etag is null
                    ? await Sql.ExecuteAsync(
                        connection, "INSERT INTO grain_states (name, key, etag, state) VALUES ($1, $2, $3, $4) ON CONFLICT (name, key) DO NOTHING", name, key, next, state.ToArray())
                    : await Sql.ExecuteAsync(
                        connection, "UPDATE grain_states SET etag = $1, state = $2 WHERE name = $3 AND key = $4 AND etag = $5", next, state.ToArray(), name, key, etag);
                return rows == 1 ? next : null;
            },
            cancellationToken);

    public Task<bool> ClearAsync(string name, string key, string? etag, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async connection => etag is null
                ? (await Sql.QueryAsync(connection, reader => reader.GetInt32(0), "SELECT 1 FROM grain_states WHERE name = $1 AND key = $2", name, key)).Count == 0
                : await Sql.ExecuteAsync(connection, "DELETE FROM grain_states WHERE name = $1 AND key = $2 AND etag = $3", name, key, etag) == 1,
            cancellationToken);

    private static string Next(string? etag)
    {
        long count = long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out long known) ? known : 0;
        return (count + 1).ToString(CultureInfo.InvariantCulture);
    }
}

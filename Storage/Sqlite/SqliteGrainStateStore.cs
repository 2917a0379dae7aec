using System.Globalization;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>Small cold state of grains in the relay's database; the etag is a count of writes.</summary>
public sealed class SqliteGrainStateStore(SqliteStore store) : IGrainStateStore
{
    public Task<StoredGrainState?> ReadAsync(string name, string key, CancellationToken cancellationToken) =>
        store.ReadAsync<StoredGrainState?>(
            session =>
            {
                using SqliteDataReader reader = session.Query("SELECT etag, state FROM grain_states WHERE name = $name AND key = $key", ("$name", name), ("$key", key));
                return reader.Read() ? new StoredGrainState(reader.GetString(0), reader.GetFieldValue<byte[]>(1)) : null;
            },
            cancellationToken);

    public Task<string?> WriteAsync(string name, string key, string? etag, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) =>
        store.WriteAsync(
            session =>
            {
                string next = Next(etag);
                int rows = etag is null
                    ? session.Execute(
                        "INSERT INTO grain_states (name, key, etag, state) VALUES ($name, $key, $etag, $state) ON CONFLICT (name, key) DO NOTHING",
                        ("$name", name),
                        ("$key", key),
                        ("$etag", next),
                        ("$state", state.ToArray()))
                    : session.Execute(
                        "UPDATE grain_states SET etag = $next, state = $state WHERE name = $name AND key = $key AND etag = $etag",
                        ("$next", next),
                        ("$state", state.ToArray()),
                        ("$name", name),
                        ("$key", key),
                        ("$etag", etag));
                return rows == 1 ? next : null;
            },
            cancellationToken);

    public Task<bool> ClearAsync(string name, string key, string? etag, CancellationToken cancellationToken) =>
        store.WriteAsync(
            session => etag is null
                ? session.Scalar("SELECT 1 FROM grain_states WHERE name = $name AND key = $key", ("$name", name), ("$key", key)) is null
                : session.Execute("DELETE FROM grain_states WHERE name = $name AND key = $key AND etag = $etag", ("$name", name), ("$key", key), ("$etag", etag)) == 1,
            cancellationToken);

    private static string Next(string? etag)
    {
        long count = long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out long known) ? known : 0;
        return (count + 1).ToString(CultureInfo.InvariantCulture);
    }
}

using System.Collections.Immutable;
using Npgsql;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The statements on groups and their devices.</summary>
internal static class GroupRows
{
    private const string SelectDevices = "SELECT id, device_id, card, acked_cursor, last_seq, last_link, first_seen_ms, last_seen_ms, revoked FROM devices WHERE group_ref = $1 ORDER BY id";

    public static async Task<StoredGroup?> LoadAsync(NpgsqlConnection connection, GroupId group)
    {
        List<(long Id, StoredGroup Group)> found = await Sql.QueryAsync(
            connection,
            reader => (reader.GetInt64(0), ReadGroup(reader, group)),
            "SELECT id, version, relay_epoch, origin_key, chain, oldest_cursor, head_cursor, bytes_used FROM groups WHERE group_id = $1",
            group.ToArray());
        if (found.Count == 0)
            return null;

        List<(long Id, StoredDevice Device)> devices = await Sql.QueryAsync(connection, reader => (reader.GetInt64(0), ReadDevice(reader)), SelectDevices, found[0].Id);
        Dictionary<long, ImmutableArray<RingEntry>.Builder> rings = await RingsAsync(connection, devices.Select(device => device.Id));
        return found[0].Group with
        {
            Devices = [.. devices.Select(device => device.Device with { Ring = rings.TryGetValue(device.Id, out var ring) ? ring.DrainToImmutable() : [] })],
        };
    }

    public static async Task<LogWriteResult> CreateAsync(NpgsqlConnection connection, StoredGroup group)
    {
        List<long> ids = await Sql.QueryAsync(
            connection,
            reader => reader.GetInt64(0),
            """
            INSERT INTO groups (group_id, version, relay_epoch, origin_key, chain, oldest_cursor, head_cursor, bytes_used) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
            ON CONFLICT (group_id) DO NOTHING RETURNING id
            """,
            group.Group.ToArray(),
            group.Version,
            group.RelayEpoch.ToArray(),
            group.OriginKey.ToArray(),
            ChainEncoding.Encode(group.Chain),
            (long)group.Oldest.Value,
            (long)group.Head.Value);
        if (ids.Count == 0)
            return LogFenced.Instance;

        foreach (StoredDevice device in group.Devices)
            await SaveDeviceAsync(connection, ids[0], device);

        await GroupRow.AddTotalsAsync(connection, 1, (long)group.Head.Value - (long)group.Oldest.Value + 1, 0, 0);
        return new LogWritten(group.Version, group.Oldest, group.Head, 0);
    }

    public static async Task<LogWriteResult> WriteAsync(NpgsqlConnection connection, GroupWrite write, bool isCareful)
    {
        if (await GroupRow.FencedAsync(connection, write.Group, write.ExpectedVersion) is not { } row)
            return LogFenced.Instance;

        foreach (StoredDevice device in write.Devices)
            await SaveDeviceAsync(connection, row.Id, device);

        if (!write.Chain.IsDefault)
            await Sql.ExecuteAsync(connection, "UPDATE groups SET chain = $1 WHERE id = $2", ChainEncoding.Encode(write.Chain), row.Id);

        if (write.Rotation is { } rotation)
            await RotationRows.AddAsync(connection, row.Id, rotation);

        foreach (WrapsProved proved in write.Proved)
            await RotationRows.RemoveProvedAsync(connection, row.Id, proved);

        if (write.Trim is { } trim)
            await TrimRows.TrimAsync(connection, row, trim, TrimRequest.RowsMax, isCareful);

        return await row.SaveAsync(connection);
    }

    public static async Task<LogStatistics?> StatisticsAsync(NpgsqlConnection connection, GroupId group) => await GroupRow.FindAsync(connection, group) is { } row
        ? new LogStatistics(new Cursor((ulong)row.Oldest), new Cursor((ulong)row.Head), row.BytesUsed, row.Head - row.Oldest + 1)
        : null;

    public static async Task<StoreStatistics> StatisticsAsync(NpgsqlConnection connection) => (await Sql.QueryAsync(
        connection,
        reader => new StoreStatistics(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)),
        "SELECT SUM(groups)::bigint, SUM(rows)::bigint, SUM(bytes)::bigint, SUM(corrupt_rows)::bigint, pg_database_size(current_database()) FROM totals"))[0];

    public static async Task<Dictionary<long, ImmutableArray<RingEntry>.Builder>> RingsAsync(NpgsqlConnection connection, IEnumerable<long> devices)
    {
        var rings = new Dictionary<long, ImmutableArray<RingEntry>.Builder>();
        await Sql.QueryAsync(
            connection,
            reader =>
            {
                if (!rings.TryGetValue(reader.GetInt64(0), out ImmutableArray<RingEntry>.Builder? ring))
                    rings.Add(reader.GetInt64(0), ring = ImmutableArray.CreateBuilder<RingEntry>());

                RingEncoding.Decode(reader.Bytes(1), (ulong)reader.GetInt64(2), (ulong)reader.GetInt64(3), ring);
                return true;
            },
            "SELECT device_ref, entries, first_cursor, timestamp_ms FROM ring_segments WHERE device_ref = ANY ($1) ORDER BY device_ref, last_seq",
            devices.ToArray());
        return rings;
    }

    // Sequences and rings belong to the append: a device row written from older knowledge must not take them back.
    private static Task<int> SaveDeviceAsync(NpgsqlConnection connection, long group, StoredDevice device) => Sql.ExecuteAsync(
        connection,
        """
        INSERT INTO devices (group_ref, device_id, card, acked_cursor, last_seq, last_link, first_seen_ms, last_seen_ms, revoked)
        VALUES ($1, $2, $3, $4, 0, decode(repeat('00', 32), 'hex'), $5, $6, $7::smallint)
        ON CONFLICT (group_ref, device_id) DO UPDATE SET
            card = excluded.card, acked_cursor = excluded.acked_cursor, last_seen_ms = excluded.last_seen_ms, revoked = excluded.revoked
        """,
        group,
        device.Device.ToArray(),
        device.Card.ToArray(),
        (long)device.Acked.Value,
        (long)device.FirstSeenMs,
        (long)device.LastSeenMs,
        device.Revoked is { } reason ? (short)reason : null);

    private static StoredGroup ReadGroup(NpgsqlDataReader reader, GroupId group) => new()
    {
        Group = group,
        Version = reader.GetInt64(1),
        RelayEpoch = RelayEpoch.Read(reader.Bytes(2)),
        OriginKey = AdmissionKey.Read(reader.Bytes(3)),
        Chain = ChainEncoding.Decode(reader.Bytes(4)),
        Oldest = new Cursor((ulong)reader.GetInt64(5)),
        Head = new Cursor((ulong)reader.GetInt64(6)),
        BytesUsed = reader.GetInt64(7),
        Devices = [],
    };

    private static StoredDevice ReadDevice(NpgsqlDataReader reader) => new()
    {
        Device = DeviceId.Read(reader.Bytes(1)),
        Card = reader.Bytes(2),
        Acked = new Cursor((ulong)reader.GetInt64(3)),
        LastSeq = new Sequence((ulong)reader.GetInt64(4)),
        LastLink = SequenceLink.Read(reader.Bytes(5)),
        FirstSeenMs = (ulong)reader.GetInt64(6),
        LastSeenMs = (ulong)reader.GetInt64(7),
        Revoked = reader.IsDBNull(8) ? null : (RevocationReason)reader.GetInt16(8),
    };
}

using System.Collections.Immutable;
using Npgsql;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The statements on rotations, the wraps that wait for their devices, and the audit.</summary>
internal static class RotationRows
{
    public static async Task AddAsync(NpgsqlConnection connection, long group, StoredRotation rotation)
    {
        await Sql.ExecuteAsync(connection, "INSERT INTO rotations (group_ref, key_epoch, members) VALUES ($1, $2, $3)", group, (long)rotation.KeyEpoch.Value, MemberEncoding.Encode(rotation.Members));
        await Sql.ExecuteAsync(
            connection,
            "INSERT INTO wraps (group_ref, device_id, key_epoch, wrap) SELECT $1, w.device, $2, w.wrap FROM unnest($3::bytea[], $4::bytea[]) AS w (device, wrap)",
            group,
            (long)rotation.KeyEpoch.Value,
            rotation.Wraps.Select(wrap => wrap.Device.ToArray()).ToArray(),
            rotation.Wraps.Select(wrap => wrap.Wrap.ToArray()).ToArray());
    }

    public static Task<int> RemoveProvedAsync(NpgsqlConnection connection, long group, WrapsProved proved) => Sql.ExecuteAsync(
        connection, "DELETE FROM wraps WHERE group_ref = $1 AND device_id = $2 AND key_epoch <= $3", group, proved.Device.ToArray(), (long)proved.Through.Value);

    public static async Task<ImmutableArray<DeviceRotation>> ReadAsync(NpgsqlConnection connection, GroupId group, DeviceId device, KeyEpoch after) =>
    [
        .. await Sql.QueryAsync(
            connection,
            reader => new DeviceRotation(new KeyEpoch((uint)reader.GetInt64(0)), MemberEncoding.Decode(reader.Bytes(1)), reader.BytesOrNull(2) is { } wrap ? wrap : default(ReadOnlyMemory<byte>?)),
            """
            SELECT r.key_epoch, r.members, w.wrap FROM groups g JOIN rotations r ON r.group_ref = g.id
            LEFT JOIN wraps w ON w.group_ref = r.group_ref AND w.device_id = $2 AND w.key_epoch = r.key_epoch
            WHERE g.group_id = $1 AND r.key_epoch > $3 ORDER BY r.key_epoch
            """,
            group.ToArray(),
            device.ToArray(),
            (long)after.Value),
    ];

    public static async Task AddAuditAsync(NpgsqlConnection connection, long group, AuditRecord record)
    {
        await Sql.ExecuteAsync(
            connection,
            "INSERT INTO audit (group_ref, at_ms, kind, device, cursor) VALUES ($1, $2, $3, $4, $5)",
            group,
            (long)record.AtMs,
            (short)record.Kind,
            record.Device.ToArray(),
            (long)record.Cursor.Value);
        await Sql.ExecuteAsync(
            connection,
            $"DELETE FROM audit WHERE group_ref = $1 AND id <= (SELECT id FROM audit WHERE group_ref = $1 ORDER BY id DESC LIMIT 1 OFFSET {AuditRecord.PerGroupMax})",
            group);
    }

    public static async Task<ImmutableArray<AuditRecord>> ReadAuditAsync(NpgsqlConnection connection, GroupId group) =>
    [
        .. await Sql.QueryAsync(
            connection,
            reader => new AuditRecord((ulong)reader.GetInt64(0), (AuditKind)reader.GetInt16(1), DeviceId.Read(reader.Bytes(2)), new Cursor((ulong)reader.GetInt64(3))),
            "SELECT a.at_ms, a.kind, a.device, a.cursor FROM groups g JOIN audit a ON a.group_ref = g.id WHERE g.group_id = $1 ORDER BY a.id DESC",
            group.ToArray()),
    ];
}

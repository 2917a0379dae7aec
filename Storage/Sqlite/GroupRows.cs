using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements on groups and their devices.</summary>
internal static class GroupRows
{
    public static StoredGroup? Load(SqliteSession session, GroupId group)
    {
        using SqliteDataReader reader = session.Query(
            "SELECT id, version, relay_epoch, origin_key, chain, oldest_cursor, head_cursor, bytes_used FROM groups WHERE group_id = $group",
            ("$group", group.ToArray()));
        if (!reader.Read())
            return null;

        return new StoredGroup
        {
            Group = group,
            Version = reader.GetInt64(1),
            RelayEpoch = RelayEpoch.Read(reader.GetFieldValue<byte[]>(2)),
            OriginKey = AdmissionKey.Read(reader.GetFieldValue<byte[]>(3)),
            Chain = ChainEncoding.Decode(reader.GetFieldValue<byte[]>(4)),
            Oldest = new Cursor((ulong)reader.GetInt64(5)),
            Head = new Cursor((ulong)reader.GetInt64(6)),
            BytesUsed = reader.GetInt64(7),
            Devices = LoadDevices(session, reader.GetInt64(0)),
        };
    }

    public static long? Version(SqliteSession session, GroupId group) =>
        session.Scalar("SELECT version FROM groups WHERE group_id = $group", ("$group", group.ToArray()));

    public static LogWriteResult Create(SqliteSession session, StoredGroup group)
    {
        if (GroupRow.Find(session, group.Group) is not null)
            return LogFenced.Instance;

        session.Execute(
            "INSERT INTO groups (group_id, version, relay_epoch, origin_key, chain, oldest_cursor, head_cursor, bytes_used) VALUES ($group, $version, $epoch, $origin, $chain, $oldest, $head, 0)",
            ("$group", group.Group.ToArray()),
            ("$version", group.Version),
            ("$epoch", group.RelayEpoch.ToArray()),
            ("$origin", group.OriginKey.ToArray()),
            ("$chain", ChainEncoding.Encode(group.Chain)),
            ("$oldest", (long)group.Oldest.Value),
            ("$head", (long)group.Head.Value));
        long id = session.LastRowId();
        session.RowIds.Add(group.Group, id);
        session.Totals.Add(groups: 1, rows: (long)group.Head.Value - (long)group.Oldest.Value + 1);
        foreach (StoredDevice device in group.Devices)
            SaveDevice(session, id, device);

        return new LogWritten(group.Version, group.Oldest, group.Head, 0);
    }

    public static LogWriteResult Write(SqliteSession session, GroupWrite write)
    {
        if (GroupRow.Fenced(session, write.Group, write.ExpectedVersion) is not { } row)
            return LogFenced.Instance;

        foreach (StoredDevice device in write.Devices)
            SaveDevice(session, row.Id, device);

        if (!write.Chain.IsDefault)
            session.Execute("UPDATE groups SET chain = $chain WHERE id = $id", ("$chain", ChainEncoding.Encode(write.Chain)), ("$id", row.Id));

        if (write.Rotation is { } rotation)
            RotationRows.Add(session, row.Id, rotation);

        foreach (WrapsProved proved in write.Proved)
            RotationRows.RemoveProved(session, row.Id, proved);

        if (write.Trim is { } trim)
            TrimRows.Trim(session, row, trim, TrimRequest.RowsMax);

        return row.Save(session);
    }

    public static LogStatistics? Statistics(SqliteSession session, GroupId group)
    {
        if (GroupRow.Find(session, group) is not { } row)
            return null;

        // No cursor between them is absent, so nothing needs to be counted.
        return new LogStatistics(new Cursor((ulong)row.Oldest), new Cursor((ulong)row.Head), row.BytesUsed, row.Head - row.Oldest + 1);
    }

    public static StoreStatistics Statistics(SqliteSession session)
    {
        long pages = session.Scalar("PRAGMA page_count") ?? 0;
        long pageBytes = session.Scalar("PRAGMA page_size") ?? 0;
        using SqliteDataReader reader = session.Query("SELECT groups, rows, bytes, corrupt_rows FROM totals WHERE id = 1");
        (long rows, long bytes) = UnsettledRows.Sum(session);
        return reader.Read()
            ? new StoreStatistics(reader.GetInt64(0), reader.GetInt64(1) + rows, reader.GetInt64(2) + bytes, reader.GetInt64(3), pages * pageBytes)
            : throw new StorageException(StorageErrorKind.Unavailable, "The store's totals are not there.");
    }

    /// <summary>Gives every group a new relay epoch; returns how many there are.</summary>
    public static long RenewEpochs(SqliteSession session) => session.Execute("UPDATE groups SET relay_epoch = randomblob(16), version = version + 1");

    /// <summary>The row of a device, which has to be there.</summary>
    public static long DeviceRow(SqliteSession session, long group, DeviceId device) => FindDeviceRow(session, group, device)
        ?? throw new StorageException(StorageErrorKind.Unavailable, "The sender of an append is not a device of the group.");

    /// <summary>The row of a device, or null.</summary>
    public static long? FindDeviceRow(SqliteSession session, long group, DeviceId device)
    {
        if (session.RowIds.TryGetDevice(group, device, out long known))
            return known;

        long? row = session.Scalar("SELECT id FROM devices WHERE group_ref = $group AND device_id = $device", ("$group", group), ("$device", device.ToArray()));
        if (row is { } found)
            session.RowIds.Add(group, device, found);

        return row;
    }

    // Sequences and rings belong to the append: a device row written from older knowledge must not take them back.
    private static void SaveDevice(SqliteSession session, long group, StoredDevice device) => session.Execute(
        """
        INSERT INTO devices (group_ref, device_id, card, acked_cursor, last_seq, last_link, first_seen_ms, last_seen_ms, revoked)
        VALUES ($group, $device, $card, $acked, 0, zeroblob(32), $first, $last, $revoked)
        ON CONFLICT (group_ref, device_id) DO UPDATE SET
            card = excluded.card, acked_cursor = excluded.acked_cursor, last_seen_ms = excluded.last_seen_ms, revoked = excluded.revoked
        """,
        ("$group", group),
        ("$device", device.Device.ToArray()),
        ("$card", device.Card.ToArray()),
        ("$acked", (long)device.Acked.Value),
        ("$first", (long)device.FirstSeenMs),
        ("$last", (long)device.LastSeenMs),
        ("$revoked", (long?)device.Revoked));

    private static ImmutableArray<StoredDevice> LoadDevices(SqliteSession session, long group)
    {
        var devices = ImmutableArray.CreateBuilder<StoredDevice>();
        var rows = new List<long>();
        using (SqliteDataReader reader = session.Query(
            "SELECT id, device_id, card, acked_cursor, last_seq, last_link, first_seen_ms, last_seen_ms, revoked FROM devices WHERE group_ref = $group",
            ("$group", group)))
        {
            while (reader.Read())
            {
                rows.Add(reader.GetInt64(0));
                devices.Add(new StoredDevice
                {
                    Device = DeviceId.Read(reader.GetFieldValue<byte[]>(1)),
                    Card = reader.GetFieldValue<byte[]>(2),
                    Acked = new Cursor((ulong)reader.GetInt64(3)),
                    LastSeq = new Sequence((ulong)reader.GetInt64(4)),
                    LastLink = SequenceLink.Read(reader.GetFieldValue<byte[]>(5)),
                    FirstSeenMs = (ulong)reader.GetInt64(6),
                    LastSeenMs = (ulong)reader.GetInt64(7),
                    Revoked = reader.IsDBNull(8) ? null : (RevocationReason)reader.GetInt64(8),
                });
            }
        }

        for (int i = 0; i < rows.Count; i++)
            devices[i] = devices[i] with { Ring = RingRows.Load(session, rows[i]) };

        return devices.DrainToImmutable();
    }
}

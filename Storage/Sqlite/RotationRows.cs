using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements on rotations and the wraps that wait for their devices.</summary>
internal static class RotationRows
{
    public static void Add(SqliteSession session, long group, StoredRotation rotation)
    {
        session.Execute(
            "INSERT INTO rotations (group_ref, key_epoch, members) VALUES ($group, $epoch, $members)",
            ("$group", group),
            ("$epoch", (long)rotation.KeyEpoch.Value),
            ("$members", MemberEncoding.Encode(rotation.Members)));
        foreach (KeyWrap wrap in rotation.Wraps)
        {
            session.Execute(
                "INSERT INTO wraps (group_ref, device_id, key_epoch, wrap) VALUES ($group, $device, $epoch, $wrap)",
                ("$group", group),
                ("$device", wrap.Device.ToArray()),
                ("$epoch", (long)rotation.KeyEpoch.Value),
                ("$wrap", wrap.Wrap.ToArray()));
        }
    }

    public static void RemoveProved(SqliteSession session, long group, WrapsProved proved) => session.Execute(
        "DELETE FROM wraps WHERE group_ref = $group AND device_id = $device AND key_epoch <= $epoch",
        ("$group", group),
        ("$device", proved.Device.ToArray()),
        ("$epoch", (long)proved.Through.Value));

    public static ImmutableArray<DeviceRotation> Read(SqliteSession session, GroupId group, DeviceId device, KeyEpoch after)
    {
        if (GroupRow.Find(session, group) is not { } row)
            return [];

        var rotations = ImmutableArray.CreateBuilder<DeviceRotation>();
        using SqliteDataReader reader = session.Query(
            """
            SELECT r.key_epoch, r.members, w.wrap FROM rotations r
            LEFT JOIN wraps w ON w.group_ref = r.group_ref AND w.device_id = $device AND w.key_epoch = r.key_epoch
            WHERE r.group_ref = $group AND r.key_epoch > $after ORDER BY r.key_epoch
            """,
            ("$device", device.ToArray()),
            ("$group", row.Id),
            ("$after", (long)after.Value));
        while (reader.Read())
        {
            rotations.Add(new DeviceRotation(
                new KeyEpoch((uint)reader.GetInt64(0)),
                MemberEncoding.Decode(reader.GetFieldValue<byte[]>(1)),
                reader.IsDBNull(2) ? default(ReadOnlyMemory<byte>?) : reader.GetFieldValue<byte[]>(2)));
        }

        return rotations.DrainToImmutable();
    }
}

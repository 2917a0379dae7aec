using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements on the audit.</summary>
internal static class AuditRows
{
    public static void Add(SqliteSession session, long group, AuditRecord record)
    {
        session.Execute(
            "INSERT INTO audit (group_ref, at_ms, kind, device, cursor) VALUES ($group, $at, $kind, $device, $cursor)",
            ("$group", group),
            ("$at", (long)record.AtMs),
            ("$kind", (long)record.Kind),
            ("$device", record.Device.ToArray()),
            ("$cursor", (long)record.Cursor.Value));
        session.Execute(
            "DELETE FROM audit WHERE group_ref = $group AND id <= (SELECT id FROM audit WHERE group_ref = $group ORDER BY id DESC LIMIT 1 OFFSET $max)",
            ("$group", group),
            ("$max", (long)AuditRecord.PerGroupMax));
    }

    public static ImmutableArray<AuditRecord> Read(SqliteSession session, GroupId group)
    {
        if (GroupRow.Find(session, group) is not { } row)
            return [];

        var records = ImmutableArray.CreateBuilder<AuditRecord>();
        using SqliteDataReader reader = session.Query("SELECT at_ms, kind, device, cursor FROM audit WHERE group_ref = $group ORDER BY id DESC", ("$group", row.Id));
        while (reader.Read())
        {
            records.Add(new AuditRecord(
                (ulong)reader.GetInt64(0),
                (AuditKind)reader.GetInt64(1),
                DeviceId.Read(reader.GetFieldValue<byte[]>(2)),
                new Cursor((ulong)reader.GetInt64(3))));
        }

        return records.DrainToImmutable();
    }
}

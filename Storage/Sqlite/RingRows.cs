using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The last rows of each sender.</summary>
internal static class RingRows
{
    public static ImmutableArray<RingEntry> Load(SqliteSession session, long device)
    {
        var ring = ImmutableArray.CreateBuilder<RingEntry>();
        using SqliteDataReader reader = session.Query("SELECT entries, first_cursor, timestamp_ms FROM ring_segments WHERE device_ref = $device ORDER BY last_seq", ("$device", device));
        while (reader.Read())
            RingEncoding.Decode(reader.GetFieldValue<byte[]>(0), (ulong)reader.GetInt64(1), (ulong)reader.GetInt64(2), ring);

        return ring.DrainToImmutable();
    }

    /// <summary>Adds the rows of an append.</summary>
    /// <param name="session">The writing thread's.</param>
    /// <param name="device">The sender's row.</param>
    /// <param name="entries">At least one.</param>
    /// <param name="firstCursor">The first one's.</param>
    /// <param name="timestampMs">When they were accepted, relay time.</param>
    public static void Append(SqliteSession session, long device, ImmutableArray<LogEntry> entries, long firstCursor, ulong timestampMs)
    {
        session.Execute(
            "INSERT INTO ring_segments (device_ref, last_seq, first_cursor, timestamp_ms, entries) VALUES ($device, $last, $cursor, $now, $entries)",
            ("$device", device),
            ("$last", (long)entries[^1].SenderSeq.Value),
            ("$cursor", firstCursor),
            ("$now", (long)timestampMs),
            ("$entries", RingEncoding.Encode(entries)));
        if (RingEncoding.DropThrough(entries) is > 0 and ulong through)
            session.Execute("DELETE FROM ring_segments WHERE device_ref = $device AND last_seq <= $old", ("$device", device), ("$old", (long)through));
    }

    /// <summary>Whose row a cursor was, if a ring still says so. It looks through all rings of the group: for what cannot be read elsewhere.</summary>
    public static (DeviceId Sender, RingEntry Row)? Find(SqliteSession session, long group, ulong cursor)
    {
        var devices = new List<(long Row, DeviceId Device)>();
        using (SqliteDataReader reader = session.Query("SELECT id, device_id FROM devices WHERE group_ref = $group", ("$group", group)))
        {
            while (reader.Read())
                devices.Add((reader.GetInt64(0), DeviceId.Read(reader.GetFieldValue<byte[]>(1))));
        }

        foreach ((long row, DeviceId device) in devices)
        {
            foreach (RingEntry entry in Load(session, row))
            {
                if (entry.Cursor.Value == cursor)
                    return (device, entry);
            }
        }

        return null;
    }
}

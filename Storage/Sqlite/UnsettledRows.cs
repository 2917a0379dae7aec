using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements on appends that are not yet where they belong.</summary>
internal static class UnsettledRows
{
    private const string InsertRow =
        """
        INSERT INTO unsettled (group_ref, version, cursor, sender, blob_id, key_epoch, first_seq, sender_seq, timestamp_ms, expires_ms, checksum, last_link, envelope)
        VALUES ($group, $version, $cursor, $sender, $blob, $epoch, $first, $seq, $time, $expires, $checksum, $link, $envelope)
        """;

    private const string SelectRows =
        "SELECT group_ref, version, cursor, sender, blob_id, key_epoch, first_seq, sender_seq, timestamp_ms, expires_ms, checksum, last_link, envelope FROM unsettled";

    public static void Insert(SqliteSession session, UnsettledRow row) => session.Execute(
        InsertRow,
        ("$group", row.Row.GroupRef),
        ("$version", row.Version),
        ("$cursor", (long)row.Row.Cursor),
        ("$sender", row.Row.Sender.ToArray()),
        ("$blob", row.Row.BlobId.ToArray()),
        ("$epoch", (long)row.Row.KeyEpoch),
        ("$first", (long)row.Row.FirstSeq),
        ("$seq", (long)row.Row.SenderSeq),
        ("$time", (long)row.Row.TimestampMs),
        ("$expires", (long)row.Row.ExpiresMs),
        ("$checksum", row.Checksum),
        ("$link", row.LastLink.ToArray()),
        ("$envelope", row.Envelope));

    /// <summary>All of them in the order of their commits.</summary>
    public static List<UnsettledRow> Read(SqliteSession session)
    {
        using SqliteDataReader reader = session.Query($"{SelectRows} ORDER BY id");
        return Read(reader);
    }

    /// <summary>Those of one group.</summary>
    public static List<UnsettledRow> Read(SqliteSession session, long group)
    {
        using SqliteDataReader reader = session.Query($"{SelectRows} WHERE group_ref = $group ORDER BY id", ("$group", group));
        return Read(reader);
    }

    /// <summary>How many there are of which group, and the group's id where there is such a group.</summary>
    public static List<(long Group, GroupId? Id, int Count)> Count(SqliteSession session)
    {
        var rows = new List<(long Group, GroupId? Id)>();
        using SqliteDataReader reader = session.Query("SELECT group_ref, (SELECT group_id FROM groups WHERE groups.id = group_ref) FROM unsettled");
        while (reader.Read())
            rows.Add((reader.GetInt64(0), reader.IsDBNull(1) ? null : GroupId.Read(reader.GetFieldValue<byte[]>(1))));

        return [.. rows.GroupBy(row => row.Group, (group, same) => (group, same.First().Id, same.Count()))];
    }

    /// <summary>How many there are, and their bytes.</summary>
    public static (long Rows, long Bytes) Sum(SqliteSession session)
    {
        using SqliteDataReader reader = session.Query("SELECT COUNT(*), COALESCE(SUM(LENGTH(envelope)), 0) FROM unsettled");
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : default;
    }

    public static void DeleteAll(SqliteSession session) => session.Execute("DELETE FROM unsettled");

    public static void Delete(SqliteSession session, long group) => session.Execute("DELETE FROM unsettled WHERE group_ref = $group", ("$group", group));

    private static List<UnsettledRow> Read(SqliteDataReader reader)
    {
        var rows = new List<UnsettledRow>();
        while (reader.Read())
        {
            ulong timestamp = (ulong)reader.GetInt64(8);
            var row = new LogRow
            {
                GroupRef = reader.GetInt64(0),
                Cursor = (ulong)reader.GetInt64(2),
                State = EntryState.Blob,
                StateMs = timestamp,
                Sender = DeviceId.Read(reader.GetFieldValue<byte[]>(3)),
                BlobId = BlobId.Read(reader.GetFieldValue<byte[]>(4)),
                KeyEpoch = (uint)reader.GetInt64(5),
                FirstSeq = (ulong)reader.GetInt64(6),
                SenderSeq = (ulong)reader.GetInt64(7),
                TimestampMs = timestamp,
                ExpiresMs = (ulong)reader.GetInt64(9),
            };
            rows.Add(new UnsettledRow(reader.GetInt64(1), row, reader.GetInt64(10), SequenceLink.Read(reader.GetFieldValue<byte[]>(11)), reader.GetFieldValue<byte[]>(12)));
        }

        return rows;
    }
}

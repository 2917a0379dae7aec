using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements of a sweep. Looking is a reader's work and changes nothing; what it found is looked at again by the writer.</summary>
internal static class SweepRows
{
    private const string SelectGroups = "SELECT id, oldest_cursor, head_cursor FROM groups WHERE id > $after ORDER BY id LIMIT $max";

    /// <summary>Groups whose first row may go, and where the next look begins.</summary>
    public static (List<long> Groups, long? Next) Look(SqliteSession session, SweepRequest request)
    {
        var looked = new List<(long Id, bool HasRows)>();
        using (SqliteDataReader reader = session.Query(SelectGroups, ("$after", request.After), ("$max", (long)request.GroupsMax)))
        {
            while (reader.Read())
                looked.Add((reader.GetInt64(0), reader.GetInt64(2) >= reader.GetInt64(1)));
        }

        var found = new List<long>();
        foreach ((long id, bool hasRows) in looked)
        {
            if (hasRows && GroupRow.FindById(session, id) is { } group && TrimRows.WouldTrim(session, group, RequestFor(session, id, request)))
                found.Add(id);
        }

        return (found, looked.Count < request.GroupsMax ? null : looked[^1].Id);
    }

    /// <summary>Trims one group after the other until the rows of one transaction are reached; those that are done leave the queue.</summary>
    public static int Trim(SqliteSession session, Queue<long> groups, SweepRequest request)
    {
        int rows = 0;
        while (rows < request.RowsMax && groups.TryPeek(out long id))
        {
            int room = request.RowsMax - rows;
            int trimmed = 0;
            if (GroupRow.FindById(session, id) is { } group && (trimmed = TrimRows.Trim(session, group, RequestFor(session, id, request), room)) > 0)
                group.Save(session);

            rows += trimmed;
            if (trimmed < room)
                groups.Dequeue();
        }

        return rows;
    }

    private static TrimRequest RequestFor(SqliteSession session, long group, SweepRequest request)
    {
        var members = new List<(DeviceId, Cursor)>();
        using SqliteDataReader reader = session.Query("SELECT device_id, acked_cursor FROM devices WHERE group_ref = $group AND revoked IS NULL", ("$group", group));
        while (reader.Read())
            members.Add((DeviceId.Read(reader.GetFieldValue<byte[]>(0)), new Cursor((ulong)reader.GetInt64(1))));

        return TrimRequest.Of(members, request.StoredThroughMs, request.HolesThroughMs);
    }
}

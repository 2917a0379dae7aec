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
            if (hasRows && WouldTrim(session, id, request))
                found.Add(id);
        }

        return (found, looked.Count < request.GroupsMax ? null : looked[^1].Id);
    }

    /// <summary>Trims one group after the other until the rows of one transaction are reached; returns the rows and the groups that are done.</summary>
    public static (int Rows, int Done) Trim(SqliteSession session, IReadOnlyList<long> groups, SweepRequest request)
    {
        int rows = 0;
        int done = 0;
        for (; done < groups.Count && rows < request.RowsMax; done++)
        {
            if (GroupRow.FindById(session, groups[done]) is not { } group)
                continue;

            int trimmed = TrimRows.Trim(session, group, RequestFor(session, group.Id, request), request.RowsMax - rows);
            if (trimmed > 0)
                group.Save(session);

            rows += trimmed;
            // A group that has more, and one that is damaged and may have, is looked at again.
            if (rows >= request.RowsMax || (trimmed > 0 && session.Damage.IsCareful(group.Id)))
                break;
        }

        return (rows, done);
    }

    // A group whose own numbers are damaged is passed over: the others must not pay for it.
    private static bool WouldTrim(SqliteSession session, long id, SweepRequest request)
    {
        try
        {
            return GroupRow.FindById(session, id) is { } group && TrimRows.WouldTrim(session, group, RequestFor(session, id, request));
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            return false;
        }
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

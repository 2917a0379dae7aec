using Npgsql;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The statements of a trim: it finds how far the prefix reaches, then removes it.</summary>
internal static class TrimRows
{
    private const string SelectPrefix = "SELECT cursor, sender, state, timestamp_ms, state_ms, size FROM entries WHERE group_ref = $1 AND cursor >= $2 ORDER BY cursor LIMIT $3";

    /// <summary>Removes the longest prefix that the request allows; returns the rows. The caller saves the group's row.</summary>
    public static async Task<int> TrimAsync(NpgsqlConnection connection, GroupRow group, TrimRequest trim, int rowsMax)
    {
        (long through, long freed, _) = await PrefixAsync(connection, group, trim, rowsMax, long.MaxValue);
        return await RemoveAsync(connection, group, through, freed);
    }

    /// <summary>A trim that must not fail what it comes with: on a damaged page it does nothing.</summary>
    public static async Task TryTrimAsync(NpgsqlConnection connection, GroupRow group, TrimRequest trim)
    {
        (long oldest, long bytes) = (group.Oldest, group.BytesUsed);
        await Sql.ExecuteAsync(connection, "SAVEPOINT trim");
        try
        {
            await TrimAsync(connection, group, trim, TrimRequest.RowsMax);
        }
        catch (Exception exception) when (Failures.IsDamage(exception))
        {
            await Sql.ExecuteAsync(connection, "ROLLBACK TO trim");
            (group.Oldest, group.BytesUsed) = (oldest, bytes);
        }
    }

    /// <summary>Removes the shortest allowed prefix that leaves room for so many bytes; nothing where none does.</summary>
    public static async Task<bool> TryMakeRoomAsync(NpgsqlConnection connection, GroupRow group, TrimRequest trim, long bytes, long bytesMax)
    {
        (long through, long freed, bool isEnough) = await PrefixAsync(connection, group, trim, int.MaxValue, group.BytesUsed + bytes - bytesMax);
        if (isEnough)
            await RemoveAsync(connection, group, through, freed);

        return isEnough;
    }

    /// <summary>Groups whose first row may go, and where the next look begins.</summary>
    public static async Task<(List<long> Groups, long? Next)> LookAsync(NpgsqlConnection connection, SweepRequest request)
    {
        List<(long Id, bool HasRows)> looked = await Sql.QueryAsync(
            connection,
            reader => (reader.GetInt64(0), reader.GetInt64(2) >= reader.GetInt64(1)),
            "SELECT id, oldest_cursor, head_cursor FROM groups WHERE id > $1 ORDER BY id LIMIT $2",
            request.After,
            (long)request.GroupsMax);
        Dictionary<long, TrimRequest> requests = await RequestsAsync(connection, looked.Where(group => group.HasRows).Select(group => group.Id), request);
        List<(long Group, bool IsAllowed)> rows = await Sql.QueryAsync(
            connection,
            reader => (reader.GetInt64(0), IsAllowed(reader, requests[reader.GetInt64(0)], 1)),
            """
            SELECT g.id, e.cursor, e.sender, e.state, e.timestamp_ms, e.state_ms FROM unnest($1::bigint[]) AS x (id) JOIN groups g ON g.id = x.id
            CROSS JOIN LATERAL (SELECT * FROM entries WHERE group_ref = g.id AND cursor >= g.oldest_cursor ORDER BY cursor LIMIT 1) e ORDER BY g.id
            """,
            requests.Keys.ToArray());
        return ([.. rows.Where(row => row.IsAllowed).Select(row => row.Group)], looked.Count < request.GroupsMax ? null : looked[^1].Id);
    }

    /// <summary>Trims one group after the other until the rows of one transaction are reached; returns the rows and the groups that are done.</summary>
    public static async Task<(int Rows, int Done)> SweepAsync(NpgsqlConnection connection, IReadOnlyCollection<long> groups, SweepRequest request)
    {
        int rows = 0;
        int done = 0;
        foreach (long id in groups)
        {
            if (await GroupRow.LockAsync(connection, [id]) is [{ } group])
            {
                int room = request.RowsMax - rows;
                TrimRequest trim = (await RequestsAsync(connection, [id], request))[id];
                int trimmed = await TrimAsync(connection, group, trim, room);
                if (trimmed > 0)
                    await group.SaveAsync(connection);

                rows += trimmed;
                if (trimmed == room)
                    break;
            }

            done++;
        }

        return (rows, done);
    }

    private static async Task<Dictionary<long, TrimRequest>> RequestsAsync(NpgsqlConnection connection, IEnumerable<long> groups, SweepRequest request)
    {
        long[] ids = [.. groups];
        ILookup<long, (DeviceId, Cursor)> members = (await Sql.QueryAsync(
            connection,
            reader => (Group: reader.GetInt64(0), Device: DeviceId.Read(reader.Bytes(1)), Acked: new Cursor((ulong)reader.GetInt64(2))),
            "SELECT group_ref, device_id, acked_cursor FROM devices WHERE group_ref = ANY ($1) AND revoked IS NULL",
            ids)).ToLookup(row => row.Group, row => (row.Device, row.Acked));
        return ids.ToDictionary(id => id, id => TrimRequest.Of(members[id], request.StoredThroughMs, request.HolesThroughMs));
    }

    private static async Task<(long Through, long Freed, bool IsEnough)> PrefixAsync(NpgsqlConnection connection, GroupRow group, TrimRequest trim, int rowsMax, long needed)
    {
        long through = group.Oldest - 1;
        long freed = 0;
        bool isOpen = true;
        while (isOpen && rowsMax > 0 && freed < needed)
        {
            int step = Math.Min(rowsMax, TrimRequest.RowsMax);
            List<(long Cursor, int Size, bool IsAllowed)> rows = await Sql.QueryAsync(
                connection, reader => (reader.GetInt64(0), reader.GetInt32(5), IsAllowed(reader, trim, 0)), SelectPrefix, group.Id, through + 1, (long)step);
            foreach ((long cursor, int size, bool isAllowed) in rows)
            {
                isOpen &= isAllowed;
                if (!isOpen || freed >= needed)
                    break;

                through = cursor;
                freed += size;
            }

            isOpen &= rows.Count == step;
            rowsMax -= rows.Count;
        }

        return (through, freed, freed >= needed);
    }

    private static async Task<int> RemoveAsync(NpgsqlConnection connection, GroupRow group, long through, long freed)
    {
        if (through < group.Oldest)
            return 0;

        await Sql.ExecuteAsync(connection, "DELETE FROM entries WHERE group_ref = $1 AND cursor <= $2", group.Id, through);
        long rows = through - group.Oldest + 1;
        group.Oldest = through + 1;
        group.BytesUsed -= freed;
        return (int)rows;
    }

    private static bool IsAllowed(NpgsqlDataReader reader, TrimRequest trim, int at) => trim.Allows(
        new Cursor((ulong)reader.GetInt64(at)),
        DeviceId.Read(reader.Bytes(at + 1)),
        reader.GetInt16(at + 2) == (short)EntryState.Blob,
        (ulong)reader.GetInt64(at + 3),
        (ulong)reader.GetInt64(at + 4));
}

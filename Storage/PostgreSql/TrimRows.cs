using Npgsql;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The statements of a trim: it finds how far the prefix reaches, then removes it.</summary>
internal static class TrimRows
{
    private const string Columns = "e.cursor, e.sender, e.state, e.timestamp_ms, e.state_ms, e.expires_ms, e.size";
    private const string SelectPrefix = $"SELECT {Columns} FROM entries e WHERE e.group_ref = $1 AND e.cursor > $2 ORDER BY e.cursor LIMIT $3";
    private const string SelectReadable = $"SELECT {Columns} FROM zks_readable($1, $2, $3) e ORDER BY e.cursor";

    // Not below the oldest: what could not be deleted stays there, and is nobody's row any more.
    private const string DeleteRange = "DELETE FROM entries WHERE group_ref = $1 AND cursor >= $2 AND cursor <= $3";

    // Rows of a transaction that goes around damage.
    private const int CarefulRowsMax = 1024;

    /// <summary>Removes the longest prefix that the request allows; returns the rows. The caller saves the group's row.</summary>
    public static async Task<int> TrimAsync(NpgsqlConnection connection, GroupRow group, TrimRequest trim, int rowsMax, bool isCareful)
    {
        PrefixScan scan = await ScanAsync(connection, group, trim, rowsMax, long.MaxValue, isCareful);
        return await RemoveAsync(connection, group, scan, isCareful);
    }

    /// <summary>Removes the shortest allowed prefix that leaves room for so many bytes; nothing where none does.</summary>
    public static async Task<bool> TryMakeRoomAsync(NpgsqlConnection connection, GroupRow group, TrimRequest trim, long bytes, long bytesMax, bool isCareful)
    {
        PrefixScan scan = await ScanAsync(connection, group, trim, int.MaxValue, group.BytesUsed + bytes - bytesMax, isCareful);
        if (scan.IsEnough)
            await RemoveAsync(connection, group, scan, isCareful);

        return scan.IsEnough;
    }

    /// <summary>Groups whose first row may go, and where the next look begins.</summary>
    public static async Task<(List<long> Groups, long? Next)> LookAsync(NpgsqlConnection connection, SweepRequest request, bool isCareful)
    {
        List<(long Id, bool HasRows)> looked = await Sql.QueryAsync(
            connection,
            reader => (reader.GetInt64(0), reader.GetInt64(2) >= reader.GetInt64(1)),
            "SELECT id, oldest_cursor, head_cursor FROM groups WHERE id > $1 ORDER BY id LIMIT $2",
            request.After,
            (long)request.GroupsMax);
        Dictionary<long, TrimRequest> requests = await RequestsAsync(connection, looked.Where(group => group.HasRows).Select(group => group.Id), request);
        string first = isCareful
            ? "zks_readable(g.id, g.oldest_cursor, g.oldest_cursor)"
            : "(SELECT * FROM entries WHERE group_ref = g.id AND cursor >= g.oldest_cursor ORDER BY cursor LIMIT 1)";
        List<(long Group, bool MayGo)> rows = await Sql.QueryAsync(
            connection,
            reader => (reader.GetInt64(0), MayGo(reader, requests[reader.GetInt64(0)])),
            $"""
            SELECT g.id, g.oldest_cursor, g.head_cursor, {Columns} FROM unnest($1::bigint[]) AS x (id) JOIN groups g ON g.id = x.id
            LEFT JOIN LATERAL {first} e ON true ORDER BY g.id
            """,
            requests.Keys.ToArray());
        return ([.. rows.Where(row => row.MayGo).Select(row => row.Group)], looked.Count < request.GroupsMax ? null : looked[^1].Id);
    }

    /// <summary>Trims one group after the other until the rows of one transaction are reached; returns the rows and the groups that are done.</summary>
    public static async Task<(int Rows, int Done)> SweepAsync(NpgsqlConnection connection, IReadOnlyCollection<long> groups, SweepRequest request, bool isCareful)
    {
        int rows = 0;
        int done = 0;
        foreach (long id in groups)
        {
            if (await GroupRow.LockAsync(connection, [id]) is [{ } group])
            {
                int room = request.RowsMax - rows;
                TrimRequest trim = (await RequestsAsync(connection, [id], request))[id];
                int trimmed = await TrimAsync(connection, group, trim, room, isCareful);
                if (trimmed > 0)
                    await group.SaveAsync(connection);

                rows += trimmed;
                // A group that has more is looked at again.
                if (trimmed >= Math.Min(room, isCareful ? CarefulRowsMax : int.MaxValue))
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

    // A first row that is not there is the writer's to judge.
    private static bool MayGo(NpgsqlDataReader reader, TrimRequest trim)
    {
        var scan = new PrefixScan(trim, reader.GetInt64(1), reader.GetInt64(2), 1, long.MaxValue);
        if (reader.IsDBNull(3) || reader.GetInt64(3) > scan.Oldest)
            return true;

        Take(reader, scan, 3);
        return scan.IsAny;
    }

    private static async Task<PrefixScan> ScanAsync(NpgsqlConnection connection, GroupRow group, TrimRequest trim, long rowsMax, long needed, bool isCareful)
    {
        var scan = new PrefixScan(trim, group.Oldest, group.Head, isCareful ? Math.Min(rowsMax, CarefulRowsMax) : rowsMax, needed);
        if (isCareful)
        {
            while (!scan.IsDone)
            {
                long end = Math.Min(group.Head, scan.Passed + CarefulRowsMax);
                await Sql.QueryAsync(connection, reader => TryTake(reader, scan), SelectReadable, group.Id, scan.Passed + 1, end);
                scan.Skip(end + 1);
            }
        }
        else
        {
            bool isMore = true;
            while (!scan.IsDone && isMore)
            {
                long step = Math.Min(rowsMax, TrimRequest.RowsMax);
                isMore = (await Sql.QueryAsync(connection, reader => Take(reader, scan, 0), SelectPrefix, group.Id, scan.Passed, step)).Count == step;
            }
        }

        scan.End();
        return scan;
    }

    // What does not decode is as lost as what cannot be read.
    private static bool TryTake(NpgsqlDataReader reader, PrefixScan scan)
    {
        try
        {
            return Take(reader, scan, 0);
        }
        catch (Exception exception) when (Failures.IsDamage(exception))
        {
            return false;
        }
    }

    private static bool Take(NpgsqlDataReader reader, PrefixScan scan, int at)
    {
        scan.Take(
            reader.GetInt64(at),
            DeviceId.Read(reader.Bytes(at + 1)),
            (ulong)reader.GetInt64(at + 3),
            (ulong)reader.GetInt64(at + (reader.GetInt16(at + 2) == (short)EntryState.Blob ? 5 : 4)),
            reader.GetInt32(at + 6));
        return true;
    }

    private static async Task<int> RemoveAsync(NpgsqlConnection connection, GroupRow group, PrefixScan scan, bool isCareful)
    {
        if (!scan.IsAny)
            return 0;

        await Sql.ExecuteAsync(connection, isCareful ? "SELECT zks_remove($1, $2, $3)" : DeleteRange, group.Id, scan.Oldest, scan.Through);
        long rows = scan.Through - scan.Oldest + 1;
        // How large the lost ones were nobody knows any more; where nothing is left, nothing is used.
        group.BytesUsed -= scan.Through == group.Head ? group.BytesUsed : scan.Freed;
        group.Oldest = scan.Through + 1;
        return (int)rows;
    }
}

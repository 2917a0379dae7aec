using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements of a trim: it finds how far the prefix reaches, then removes it.</summary>
internal static class TrimRows
{
    private const string SelectPrefix = "SELECT cursor, sender, state, timestamp_ms, state_ms, size FROM entries WHERE group_ref = $group AND cursor >= $oldest ORDER BY cursor LIMIT $max";

    /// <summary>Removes the longest prefix that the request allows; returns the rows. The caller saves the group's row.</summary>
    public static int Trim(SqliteSession session, GroupRow group, TrimRequest trim, int rowsMax)
    {
        (long through, long freed, _) = Prefix(session, group, trim, rowsMax, long.MaxValue);
        return Remove(session, group, through, freed);
    }

    public static bool WouldTrim(SqliteSession session, GroupRow group, TrimRequest trim) => Prefix(session, group, trim, 1, long.MaxValue).Through >= group.Oldest;

    /// <summary>A trim that must not fail what it comes with: on a damaged page it does nothing.</summary>
    public static void TryTrim(SqliteSession session, GroupRow group, TrimRequest trim)
    {
        (long oldest, long bytes) = (group.Oldest, group.BytesUsed);
        if (!session.Try(() => Trim(session, group, trim, TrimRequest.RowsMax)))
            (group.Oldest, group.BytesUsed) = (oldest, bytes);
    }

    /// <summary>Removes the shortest allowed prefix that leaves room for so many bytes; nothing where none does.</summary>
    public static bool TryMakeRoom(SqliteSession session, GroupRow group, TrimRequest trim, long bytes, long bytesMax)
    {
        long needed = group.BytesUsed + bytes - bytesMax;
        (long through, long freed, bool isEnough) = Prefix(session, group, trim, int.MaxValue, needed);
        if (isEnough)
            Remove(session, group, through, freed);

        return isEnough;
    }

    private static (long Through, long Freed, bool IsEnough) Prefix(SqliteSession session, GroupRow group, TrimRequest trim, int rowsMax, long needed)
    {
        long through = group.Oldest - 1;
        long freed = 0;
        using SqliteDataReader reader = session.Query(SelectPrefix, ("$group", group.Id), ("$oldest", group.Oldest), ("$max", (long)rowsMax));
        while (freed < needed && reader.Read() && IsAllowed(reader, trim))
        {
            through = reader.GetInt64(0);
            freed += reader.GetInt64(5);
        }

        return (through, freed, freed >= needed);
    }

    private static int Remove(SqliteSession session, GroupRow group, long through, long freed)
    {
        if (through < group.Oldest)
            return 0;

        session.Execute("DELETE FROM entries WHERE group_ref = $group AND cursor <= $through", ("$group", group.Id), ("$through", through));
        session.HasFreedPages = true;
        long rows = through - group.Oldest + 1;
        session.Totals.Add(rows: -rows, bytes: -freed);
        group.Oldest = through + 1;
        group.BytesUsed -= freed;
        return (int)rows;
    }

    private static bool IsAllowed(SqliteDataReader reader, TrimRequest trim) => trim.Allows(
        new Cursor((ulong)reader.GetInt64(0)),
        DeviceId.Read(reader.GetFieldValue<byte[]>(1)),
        reader.GetInt64(2) == (long)EntryState.Blob,
        (ulong)reader.GetInt64(3),
        (ulong)reader.GetInt64(4));
}

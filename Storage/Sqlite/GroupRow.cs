using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The changing numbers of a group's row inside a transaction.</summary>
internal sealed class GroupRow
{
    private const string SelectById = "SELECT id, version, oldest_cursor, head_cursor, bytes_used FROM groups WHERE id = $id";
    private const string Update = "UPDATE groups SET version = $version, oldest_cursor = $oldest, head_cursor = $head, bytes_used = $bytes WHERE id = $id AND version = $expected";

    private GroupRow(long id, long version, long oldest, long head, long bytesUsed)
    {
        Id = id;
        Version = version;
        Oldest = oldest;
        Head = head;
        BytesUsed = bytesUsed;
    }

    public long Id { get; }

    /// <summary>As it was read.</summary>
    public long Version { get; }

    public long Oldest { get; set; }

    public long Head { get; set; }

    public long BytesUsed { get; set; }

    public LogWritten Numbers => new(Version, new Cursor((ulong)Oldest), new Cursor((ulong)Head), BytesUsed);

    /// <summary>The row if it has this version; null is the fence.</summary>
    public static GroupRow? Fenced(SqliteSession session, GroupId group, long expectedVersion)
    {
        GroupRow? row = Find(session, group);
        return row?.Version == expectedVersion ? row : null;
    }

    public static GroupRow? Find(SqliteSession session, GroupId group) => RowId(session, group) is { } id ? FindById(session, id) : null;

    /// <summary>The row's number, or null.</summary>
    /// <exception cref="StorageException">The group has appends that could not be put where they belong: until they are, nothing is said of it.</exception>
    public static long? RowId(SqliteSession session, GroupId group)
    {
        if (session.Unsettled.IsStuck(group))
            throw new StorageException(StorageErrorKind.Unavailable, "A group's last appends are stored, and cannot be put where they belong: the database is damaged.");

        if (session.RowIds.TryGetGroup(group, out long known))
            return known;

        long? id = session.Scalar("SELECT id FROM groups WHERE group_id = $group", ("$group", group.ToArray()));
        if (id is { } found)
            session.RowIds.Add(group, found);

        return id;
    }

    /// <summary>The row with a number; null where there is none, or where its group cannot be written.</summary>
    public static GroupRow? FindById(SqliteSession session, long id) => session.Unsettled.IsStuck(id) ? null : Read(session, SelectById, ("$id", id));

    /// <summary>Writes the numbers.</summary>
    /// <param name="session">The writing thread's.</param>
    /// <param name="writes">How many writes of the group that is: each has a version.</param>
    public LogWritten Save(SqliteSession session, int writes = 1)
    {
        long version = Version + writes;
        int rows = session.Execute(Update, ("$version", version), ("$oldest", Oldest), ("$head", Head), ("$bytes", BytesUsed), ("$id", Id), ("$expected", Version));
        if (rows != 1)
            throw new StorageException(StorageErrorKind.Unavailable, "A group's row changed inside a transaction.");

        return new LogWritten(version, new Cursor((ulong)Oldest), new Cursor((ulong)Head), BytesUsed);
    }

    private static GroupRow? Read(SqliteSession session, string sql, (string Name, SqlValue Value) key)
    {
        using var reader = session.Query(sql, key);
        return reader.Read()
            ? new GroupRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4))
            : null;
    }
}

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// Rows that the writing thread found damaged as it trimmed, until the next start. Where a group has none, rows are taken many at a time; from
/// the first on singly, and few, because whatever is found next costs the transaction once more. Bounded: it starts anew when it is full.
/// </summary>
internal sealed class KnownDamage
{
    // Rows of a transaction, once there is damage.
    private const int CarefulRowsMax = 64;
    private const int GroupsMax = 1024;

    // Rows behind a damaged one that are looked at before the transaction is run again.
    private const int LearnRowsMax = 4096;

    private readonly Dictionary<long, Rows> _groups = [];

    /// <summary>Whether a group's rows are taken singly.</summary>
    public bool IsCareful(long group) => _groups.ContainsKey(group);

    public long RowsMax(long group, long wanted) => IsCareful(group) ? Math.Min(wanted, CarefulRowsMax) : wanted;

    public bool IsUnreadable(long group, long cursor) => _groups.TryGetValue(group, out Rows? rows) && rows.Unreadable.Contains(cursor);

    /// <summary>Whether a row stays in the file for good, because it, or what stands beside it, cannot be changed.</summary>
    public bool IsStuck(long group, long cursor) => IsUnreadable(group, cursor) || (_groups.TryGetValue(group, out Rows? rows) && rows.Stuck.Contains(cursor));

    /// <summary>What is below is nobody's row any more.</summary>
    public void Trimmed(long group, long oldest)
    {
        if (_groups.TryGetValue(group, out Rows? rows))
        {
            rows.Unreadable.RemoveWhere(cursor => cursor < oldest);
            rows.Stuck.RemoveWhere(cursor => cursor < oldest);
        }
    }

    /// <summary>Takes many rows. Where that meets damage they are taken singly the next time.</summary>
    public T Many<T>(long group, Func<T> work) => Run(work, () => Of(group));

    /// <summary>Reads one row. Where that meets damage, so may the rows behind it, on the same page.</summary>
    /// <param name="group">Whose row.</param>
    /// <param name="cursor">Which.</param>
    /// <param name="work">Reads it.</param>
    /// <param name="canRead">Whether another of the group can be read.</param>
    public T Reading<T>(long group, long cursor, Func<T> work, Func<SqliteSession, long, bool> canRead) => Run(
        work,
        () => Of(group).Unreadable.Add(cursor),
        session =>
        {
            HashSet<long> unreadable = Of(group).Unreadable;
            for (long next = cursor + 1; next <= cursor + LearnRowsMax && !canRead(session, next); next++)
                unreadable.Add(next);
        });

    /// <summary>Deletes one row.</summary>
    public T Deleting<T>(long group, long cursor, Func<T> work) => Run(work, () => Of(group).Stuck.Add(cursor));

    private static T Run<T>(Func<T> work, Action note, Action<SqliteSession>? learn = null)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (RowReader.IsDamage(exception))
        {
            note();
            throw new DamagedRowException(learn, exception);
        }
    }

    private Rows Of(long group)
    {
        if (_groups.TryGetValue(group, out Rows? rows))
            return rows;

        if (_groups.Count >= GroupsMax)
            _groups.Clear();

        _groups.Add(group, rows = new Rows());
        return rows;
    }

    private sealed class Rows
    {
        public HashSet<long> Unreadable { get; } = [];

        public HashSet<long> Stuck { get; } = [];
    }
}

using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements of expiry. What a reader found due is looked at again.</summary>
internal static class ExpireRows
{
    private const string SelectRow = $"SELECT {RowReader.Numbers} FROM entries WHERE id = $id";

    /// <summary>Frees rows; returns how many blobs that were. Rows that cannot be changed are noted as stuck.</summary>
    public static int Expire(SqliteSession session, List<long> due, ulong nowMs, StuckRows<long> stuck)
    {
        var groups = new Dictionary<long, GroupRow>();
        int blobs = 0;
        foreach (long id in due.Where(id => !stuck.Has(id)))
        {
            try
            {
                blobs += ExpireOne(session, id, nowMs, groups);
            }
            catch (Exception exception) when (RowReader.IsDamage(exception))
            {
                // Where that is not possible any more the work fails: there is too much that is damaged.
                if (!stuck.TryNote(id))
                    throw;

                throw new DamagedRowException(learn: null, exception);
            }
        }

        foreach (GroupRow group in groups.Values)
            group.Save(session);

        session.HasFreedPages |= blobs > 0;
        return blobs;
    }

    private static int ExpireOne(SqliteSession session, long id, ulong nowMs, Dictionary<long, GroupRow> groups)
    {
        if (Find(session, id) is not { State: EntryState.Blob } row || row.ExpiresMs > nowMs)
            return 0;

        if (!groups.TryGetValue(row.GroupRef, out GroupRow? group))
            groups.Add(row.GroupRef, group = GroupRow.FindById(session, row.GroupRef) ?? throw new InvalidOperationException("A row belongs to no group."));

        // Trimmed, and left in the file because it could not be deleted.
        if ((long)row.Last < group.Oldest)
            throw new InvalidOperationException("A row belongs to no log.");

        (int blobs, long bytes) = RowWriter.Expire(session, row, (ulong)group.Oldest, nowMs);
        group.BytesUsed -= bytes;
        session.Totals.Add(bytes: -bytes);
        return blobs;
    }

    private static StoredRow? Find(SqliteSession session, long id)
    {
        using SqliteDataReader reader = session.Query(SelectRow, ("$id", id));
        return reader.Read() ? RowReader.ReadNumbers(reader) : null;
    }
}

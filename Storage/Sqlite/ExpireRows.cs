using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The statements of expiry. What a reader found due is looked at again.</summary>
internal static class ExpireRows
{
    private const string SelectRow = $"SELECT {RowReader.Header}, size FROM entries WHERE id = $id";
    private const int SizeColumn = 11;

    /// <summary>Frees rows; returns how many. Those that cannot be changed are noted as stuck.</summary>
    public static int Expire(SqliteSession session, List<long> due, ulong nowMs, StuckRows<long> stuck)
    {
        var groups = new Dictionary<long, GroupRow>();
        int rows = 0;
        foreach (long id in due.Where(id => !stuck.Has(id)))
        {
            try
            {
                rows += ExpireOne(session, id, nowMs, groups) ? 1 : 0;
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

        session.HasFreedPages |= rows > 0;
        return rows;
    }

    private static bool ExpireOne(SqliteSession session, long id, ulong nowMs, Dictionary<long, GroupRow> groups)
    {
        if (ReadRow(session, id) is not ({ State: EntryState.Blob } row, var size) || row.ExpiresMs > nowMs)
            return false;

        if (!groups.TryGetValue(row.GroupRef, out GroupRow? group))
            groups.Add(row.GroupRef, group = GroupRow.FindById(session, row.GroupRef) ?? throw new InvalidOperationException("A row belongs to no group."));

        // Trimmed, and left in the file because it could not be deleted.
        if ((long)row.Cursor < group.Oldest)
            throw new InvalidOperationException("A row belongs to no log.");

        MarkRows.Save(session, row with { State = EntryState.Expired, StateMs = nowMs }, proof: null, envelope: null);
        group.BytesUsed -= size;
        session.Totals.Add(bytes: -size);
        return true;
    }

    private static (LogRow Row, long Size)? ReadRow(SqliteSession session, long id)
    {
        using SqliteDataReader reader = session.Query(SelectRow, ("$id", id));
        return reader.Read() ? (RowReader.ReadHeader(reader), reader.GetInt64(SizeColumn)) : null;
    }
}

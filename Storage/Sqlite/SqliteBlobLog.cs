using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The blob log on SQLite: the port's methods, each posted to the thread that may do it.</summary>
public sealed class SqliteBlobLog(SqliteStore store) : IBlobLog
{
    // By number.
    private readonly StuckRows<long> _stuck = new();

    public Task<StoredGroup?> LoadAsync(GroupId group, CancellationToken cancellationToken) =>
        store.ReadAsync(group, session => InOneMoment(session, () => GroupRows.Load(session, group)), cancellationToken);

    public Task<long?> ReadVersionAsync(GroupId group, CancellationToken cancellationToken) =>
        store.ReadAsync(group, session => GroupRows.Version(session, group), cancellationToken);

    public Task<LogWriteResult> CreateAsync(StoredGroup group, CancellationToken cancellationToken) =>
        store.WriteAsync(session => GroupRows.Create(session, group), cancellationToken);

    public Task<LogWriteResult> WriteAsync(GroupWrite write, CancellationToken cancellationToken) =>
        store.WriteAsync(session => GroupRows.Write(session, write), cancellationToken);

    public Task<LogWriteResult> AppendAsync(LogAppend append, CancellationToken cancellationToken)
    {
        if (append.Entries.IsDefaultOrEmpty)
            throw new ArgumentException("An append has at least one entry.", nameof(append));

        return store.AppendAsync(append, cancellationToken);
    }

    public Task<LogWriteResult> MarkAsync(LogMark mark, CancellationToken cancellationToken)
    {
        if (mark.State is not (EntryState.Deleted or EntryState.Corrupt))
            throw new ArgumentOutOfRangeException(nameof(mark), mark.State, "A mark says deleted or corrupt.");

        return store.WriteAsync(session => MarkRows.Mark(session, mark), cancellationToken);
    }

    public Task<LogWriteResult> RefillAsync(LogRefill refill, CancellationToken cancellationToken) =>
        store.WriteAsync(session => MarkRows.Refill(session, refill), cancellationToken);

    public async Task<LogPage?> ReadAsync(LogQuery query, CancellationToken cancellationToken)
    {
        var corrupt = new List<(long, ulong)>();
        LogPage? page = await store.ReadAsync(query.Group, session => InOneMoment(session, () => PageRows.Read(session, query, corrupt)), cancellationToken);
        // What a reader was told must stay so: the row is marked before anybody else reads it as sound.
        if (corrupt.Count > 0)
            await QuarantineAsync(corrupt, query.NowMs, cancellationToken);

        return page;
    }

    public Task<PageEntry?> FindAsync(GroupId group, Cursor cursor, ulong nowMs, CancellationToken cancellationToken) =>
        store.ReadAsync(group, session => InOneMoment(session, () => PageRows.Find(session, group, cursor, nowMs)), cancellationToken);

    public Task<ImmutableArray<DeviceRotation>> ReadRotationsAsync(GroupId group, DeviceId device, KeyEpoch after, CancellationToken cancellationToken) =>
        store.ReadAsync(session => InOneMoment(session, () => RotationRows.Read(session, group, device, after)), cancellationToken);

    public Task<ImmutableArray<AuditRecord>> ReadAuditAsync(GroupId group, CancellationToken cancellationToken) =>
        store.ReadAsync(session => InOneMoment(session, () => AuditRows.Read(session, group)), cancellationToken);

    public async Task<int> ExpireAsync(ulong nowMs, int rowsMax, CancellationToken cancellationToken)
    {
        while (true)
        {
            int stuck = _stuck.Count;
            await store.SettleAsync(cancellationToken);
            List<long> due = await store.ReadAsync(session => InOneMoment(session, () => DueRows.Look(session, nowMs, rowsMax, _stuck)), cancellationToken);
            int rows = due.Count == 0 ? 0 : await store.WriteInBackgroundAsync(session => ExpireRows.Expire(session, due, nowMs, _stuck), cancellationToken);
            StorageMetrics.ExpiredRows.Add(rows);
            // Where all of them turned out to be stuck there may be others.
            if (rows > 0 || stuck == _stuck.Count)
                return rows;
        }
    }

    public async Task<SweepResult> SweepAsync(SweepRequest request, CancellationToken cancellationToken)
    {
        await store.SettleAsync(cancellationToken);
        (List<long> groups, long? next) = await store.ReadAsync(session => InOneMoment(session, () => SweepRows.Look(session, request)), cancellationToken);
        int rows = 0;
        while (groups.Count > 0)
        {
            (int trimmed, int done) = await store.WriteInBackgroundAsync(session => SweepRows.Trim(session, groups, request), cancellationToken);
            rows += trimmed;
            groups.RemoveRange(0, done);
        }

        return new SweepResult(next, rows);
    }

    public Task<LogStatistics?> GetStatisticsAsync(GroupId group, CancellationToken cancellationToken) =>
        store.ReadAsync(group, session => InOneMoment(session, () => GroupRows.Statistics(session, group)), cancellationToken);

    public Task<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(session => InOneMoment(session, () => GroupRows.Statistics(session)), cancellationToken);

    public Task<LogVerification> VerifyAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(session => InOneMoment(session, () => VerifyRows.Verify(session)), cancellationToken);

    // Where it cannot be written now, the page is told all the same and the row is found again. One that cannot be changed must not keep the others.
    private async Task QuarantineAsync(List<(long Group, ulong Cursor)> corrupt, ulong nowMs, CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteAsync(session => MarkRows.MarkCorrupt(session, corrupt, nowMs), cancellationToken);
        }
        catch (StorageException) when (corrupt.Count > 1)
        {
            foreach ((long, ulong) row in corrupt)
                await QuarantineAsync([row], nowMs, cancellationToken);
        }
        catch (StorageException)
        {
            StorageMetrics.UnreadableRows.Add(corrupt.Count);
        }
    }

    // Several statements that must see the same database.
    private static T InOneMoment<T>(SqliteSession session, Func<T> read)
    {
        if (session.IsInTransaction)
            return read();

        session.Execute("BEGIN");
        try
        {
            return read();
        }
        finally
        {
            // Nothing was written. A damaged page that was met on the way must not fail what was read beside it, at the end.
            session.Execute("ROLLBACK");
        }
    }
}

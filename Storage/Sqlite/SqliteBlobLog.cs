using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>The blob log on SQLite: the port's methods, each posted to the thread that may do it.</summary>
public sealed class SqliteBlobLog(SqliteStore store) : IBlobLog
{
    public Task<StoredGroup?> LoadAsync(GroupId group, CancellationToken cancellationToken) =>
        store.ReadAsync(session => InOneMoment(session, () => GroupRows.Load(session, group)), cancellationToken);

    public Task<LogWriteResult> CreateAsync(StoredGroup group, CancellationToken cancellationToken) =>
        store.WriteAsync(session => GroupRows.Create(session, group), cancellationToken);

    public Task<LogWriteResult> WriteAsync(GroupWrite write, CancellationToken cancellationToken) =>
        store.WriteAsync(session => GroupRows.Write(session, write), cancellationToken);

    public Task<LogWriteResult> AppendAsync(LogAppend append, CancellationToken cancellationToken)
    {
        if (append.Entries.IsDefaultOrEmpty)
            throw new ArgumentException("An append has at least one entry.", nameof(append));

        return store.WriteAsync(session => EntryRows.Append(session, append), cancellationToken);
    }

    public Task<LogWriteResult> MarkAsync(LogMark mark, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LogWriteResult> RefillAsync(LogRefill refill, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<PageEntry?> FindAsync(GroupId group, Cursor cursor, ulong nowMs, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<DeviceRotation>> ReadRotationsAsync(GroupId group, DeviceId device, KeyEpoch after, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<AuditRecord>> ReadAuditAsync(GroupId group, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<SweepResult> SweepAsync(SweepRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task<LogPage?> ReadAsync(LogQuery query, CancellationToken cancellationToken)
    {
        var corrupt = new List<long>();
        LogPage? page = await store.ReadAsync(session => InOneMoment(session, () => EntryRows.Read(session, query, corrupt)), cancellationToken);
        // What a reader was told must stay so: the row is marked before anybody else reads it as sound.
        if (corrupt.Count > 0)
            await store.WriteAsync(session => EntryRows.MarkCorrupt(session, corrupt, query.NowMs), cancellationToken);

        return page;
    }

    public Task<int> ExpireAsync(ulong nowMs, int rowsMax, CancellationToken cancellationToken) =>
        store.WriteAsync(session => EntryRows.Expire(session, nowMs, rowsMax), cancellationToken);

    public Task<LogStatistics?> GetStatisticsAsync(GroupId group, CancellationToken cancellationToken) =>
        store.ReadAsync(session => InOneMoment(session, () => GroupRows.Statistics(session, group)), cancellationToken);

    public Task<LogVerification> VerifyAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(session => InOneMoment(session, () => EntryRows.Verify(session)), cancellationToken);

    // Several statements that must see the same database.
    private static T InOneMoment<T>(SqliteSession session, Func<T> read)
    {
        session.Execute("BEGIN");
        try
        {
            return read();
        }
        finally
        {
            session.Execute("COMMIT");
        }
    }
}

using System.Collections.Immutable;
using Npgsql;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The blob log on PostgreSQL: what comes often is gathered into one transaction with others, what is rare has its own.</summary>
public sealed class PostgreSqlBlobLog(PostgreSqlStore store) : IBlobLog
{
    private readonly StuckRows<(long Group, long Cursor)> _stuck = new();

    public Task<StoredGroup?> LoadAsync(GroupId group, CancellationToken cancellationToken) =>
        store.ReadAsync(connection => InOneMomentAsync(connection, () => GroupRows.LoadAsync(connection, group)), cancellationToken);

    public Task<long?> ReadVersionAsync(GroupId group, CancellationToken cancellationToken) =>
        store.ReadAsync(async connection => (await GroupRow.FindAsync(connection, group))?.Version, cancellationToken);

    public Task<LogWriteResult> CreateAsync(StoredGroup group, CancellationToken cancellationToken) =>
        store.WriteAsync(connection => GroupRows.CreateAsync(connection, group), cancellationToken);

    public Task<LogWriteResult> WriteAsync(GroupWrite write, CancellationToken cancellationToken) =>
        write is { Chain.IsDefault: true, Rotation: null, Trim: null, Proved.IsEmpty: true }
            ? store.Commit.AddAsync(new PendingWrite(null, write, cancellationToken))
            : store.WriteAroundDamageAsync((connection, isCareful) => GroupRows.WriteAsync(connection, write, isCareful), cancellationToken);

    public async Task<LogWriteResult> AppendAsync(LogAppend append, CancellationToken cancellationToken)
    {
        if (append.Entries.IsDefaultOrEmpty)
            throw new ArgumentException("An append has at least one entry.", nameof(append));

        LogWriteResult result = await store.Commit.AddAsync(new PendingWrite(append, null, cancellationToken));
        return result is LogQuotaExceeded && append.MakeRoom is not null
            ? await store.WriteAroundDamageAsync((connection, isCareful) => AppendAfterTrimAsync(connection, append, isCareful), cancellationToken)
            : result;
    }

    public Task<LogWriteResult> MarkAsync(LogMark mark, CancellationToken cancellationToken)
    {
        if (mark.State is not (EntryState.Deleted or EntryState.Corrupt))
            throw new ArgumentOutOfRangeException(nameof(mark), mark.State, "A mark says deleted or corrupt.");

        return store.WriteAsync(connection => MarkRows.MarkAsync(connection, mark), cancellationToken);
    }

    public Task<LogWriteResult> RefillAsync(LogRefill refill, CancellationToken cancellationToken) =>
        store.WriteAsync(connection => MarkRows.RefillAsync(connection, refill), cancellationToken);

    public async Task<LogPage?> ReadAsync(LogQuery query, CancellationToken cancellationToken)
    {
        var corrupt = new List<(long, ulong)>();
        LogPage? page = await store.ReadAroundDamageAsync((connection, isCareful) => PageRows.ReadAsync(connection, query, corrupt, isCareful), cancellationToken);
        // What a reader was told must stay so: the row is marked before anybody else reads it as sound.
        if (corrupt.Count > 0)
            await QuarantineAsync(corrupt, query.NowMs, cancellationToken);

        return page;
    }

    public Task<PageEntry?> FindAsync(GroupId group, Cursor cursor, ulong nowMs, CancellationToken cancellationToken) =>
        store.ReadAroundDamageAsync((connection, isCareful) => PageRows.FindAsync(connection, group, cursor, nowMs, isCareful), cancellationToken);

    public Task<ImmutableArray<DeviceRotation>> ReadRotationsAsync(GroupId group, DeviceId device, KeyEpoch after, CancellationToken cancellationToken) =>
        store.ReadAsync(connection => RotationRows.ReadAsync(connection, group, device, after), cancellationToken);

    public Task<ImmutableArray<AuditRecord>> ReadAuditAsync(GroupId group, CancellationToken cancellationToken) =>
        store.ReadAsync(connection => RotationRows.ReadAuditAsync(connection, group), cancellationToken);

    public async Task<int> ExpireAsync(ulong nowMs, int rowsMax, CancellationToken cancellationToken)
    {
        while (true)
        {
            int stuck = _stuck.Count;
            List<(long, long)> due = await store.ReadAroundDamageAsync((connection, isCareful) => DueRows.LookAsync(connection, nowMs, rowsMax, _stuck, isCareful), cancellationToken);
            int rows = due.Count == 0 ? 0 : await store.WriteInBackgroundAsync((connection, isCareful) => ExpireRows.ExpireAsync(connection, due, nowMs, _stuck, isCareful), cancellationToken);
            StorageMetrics.ExpiredRows.Add(rows);
            // Where all of them turned out to be stuck there may be others.
            if (rows > 0 || stuck == _stuck.Count)
                return rows;
        }
    }

    public async Task<SweepResult> SweepAsync(SweepRequest request, CancellationToken cancellationToken)
    {
        (List<long> groups, long? next) = await store.ReadAroundDamageAsync((connection, isCareful) => TrimRows.LookAsync(connection, request, isCareful), cancellationToken);
        int rows = 0;
        while (groups.Count > 0)
        {
            (int trimmed, int done) = await store.WriteInBackgroundAsync((connection, isCareful) => TrimRows.SweepAsync(connection, groups, request, isCareful), cancellationToken);
            rows += trimmed;
            groups.RemoveRange(0, done);
        }

        return new SweepResult(next, rows);
    }

    public Task<LogStatistics?> GetStatisticsAsync(GroupId group, CancellationToken cancellationToken) =>
        store.ReadAsync(connection => GroupRows.StatisticsAsync(connection, group), cancellationToken);

    public Task<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken) => store.ReadAsync(GroupRows.StatisticsAsync, cancellationToken);

    public Task<LogVerification> VerifyAsync(CancellationToken cancellationToken) => store.ReadAroundDamageAsync(VerifyRows.VerifyAsync, cancellationToken);

    private static async Task<LogWriteResult> AppendAfterTrimAsync(NpgsqlConnection connection, LogAppend append, bool isCareful)
    {
        if (await GroupRow.FencedAsync(connection, append.Group, append.ExpectedVersion) is not { } group)
            return LogFenced.Instance;

        var write = new PendingWrite(append, null, CancellationToken.None);
        if (!await TrimRows.TryMakeRoomAsync(connection, group, append.MakeRoom!, write.Bytes, append.BytesMax, isCareful))
            return new LogQuotaExceeded(group.BytesUsed);

        long version = (await group.SaveAsync(connection)).Version;
        LogWriteResult?[] results = await WriteBatch.RunAsync(connection, [new PendingWrite(append with { ExpectedVersion = version }, null, CancellationToken.None)], CancellationToken.None);
        return results[0] ?? throw new StorageException(StorageErrorKind.Unavailable, "The sender of an append is not a device of the group.");
    }

    // Several statements that must see the same database.
    private static async Task<T> InOneMomentAsync<T>(NpgsqlConnection connection, Func<Task<T>> read)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        return await read();
    }

    // Where it cannot be written now, the page is told all the same and the row is found again. One that cannot be changed must not keep the others.
    private async Task QuarantineAsync(List<(long Group, ulong Cursor)> corrupt, ulong nowMs, CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteAsync(connection => MarkRows.MarkCorruptAsync(connection, corrupt, nowMs), cancellationToken);
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
}

using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>A log whose next write fails as told; reads never do.</summary>
internal sealed class FaultyLog(IBlobLog inner) : IBlobLog
{
    /// <summary>Of the next write; it happens once. <see cref="LogFault.AfterRecord"/> is of the next that records something.</summary>
    public LogFault Next { get; set; }

    /// <summary>Writes that were asked for.</summary>
    public int Writes { get; private set; }

    /// <summary>Groups that were read whole.</summary>
    public int Loads { get; private set; }

    public Task<StoredGroup?> LoadAsync(GroupId group, CancellationToken cancellationToken)
    {
        Loads++;
        return inner.LoadAsync(group, cancellationToken);
    }

    public Task<long?> ReadVersionAsync(GroupId group, CancellationToken cancellationToken) => inner.ReadVersionAsync(group, cancellationToken);

    public Task<LogWriteResult> CreateAsync(StoredGroup group, CancellationToken cancellationToken) => FailAsync(() => inner.CreateAsync(group, cancellationToken));

    public Task<LogWriteResult> WriteAsync(GroupWrite write, CancellationToken cancellationToken) => FailAsync(() => inner.WriteAsync(write, cancellationToken));

    public Task<LogWriteResult> AppendAsync(LogAppend append, CancellationToken cancellationToken) => FailAsync(() => inner.AppendAsync(append, cancellationToken));

    public Task<LogPage?> ReadAsync(LogQuery query, CancellationToken cancellationToken) => inner.ReadAsync(query, cancellationToken);

    public Task<int> ExpireAsync(ulong nowMs, int rowsMax, CancellationToken cancellationToken) => inner.ExpireAsync(nowMs, rowsMax, cancellationToken);

    public Task<LogStatistics?> GetStatisticsAsync(GroupId group, CancellationToken cancellationToken) => inner.GetStatisticsAsync(group, cancellationToken);

    public Task<LogVerification> VerifyAsync(CancellationToken cancellationToken) => inner.VerifyAsync(cancellationToken);

    public Task<LogWriteResult> MarkAsync(LogMark mark, CancellationToken cancellationToken) => FailAsync(() => inner.MarkAsync(mark, cancellationToken));

    public Task<LogWriteResult> RefillAsync(LogRefill refill, CancellationToken cancellationToken) => FailAsync(() => inner.RefillAsync(refill, cancellationToken));

    public Task<PageEntry?> FindAsync(GroupId group, Cursor cursor, ulong nowMs, CancellationToken cancellationToken) => inner.FindAsync(group, cursor, nowMs, cancellationToken);

    public Task<ImmutableArray<DeviceRotation>> ReadRotationsAsync(GroupId group, DeviceId device, KeyEpoch after, CancellationToken cancellationToken) =>
        inner.ReadRotationsAsync(group, device, after, cancellationToken);

    public Task<ImmutableArray<AuditRecord>> ReadAuditAsync(GroupId group, CancellationToken cancellationToken) => inner.ReadAuditAsync(group, cancellationToken);

    public Task<SweepResult> SweepAsync(SweepRequest request, CancellationToken cancellationToken) => inner.SweepAsync(request, cancellationToken);

    public Task<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken) => inner.GetStatisticsAsync(cancellationToken);

    private async Task<LogWriteResult> FailAsync(Func<Task<LogWriteResult>> write)
    {
        Writes++;
        LogFault fault = Next;
        Next = LogFault.None;
        switch (fault)
        {
            case LogFault.BeforeRecord:
                throw new StorageException(StorageErrorKind.Unavailable, "planted");
            case LogFault.Full:
                throw new StorageException(StorageErrorKind.Full, "planted");
            case LogFault.Overloaded:
                throw new StorageException(StorageErrorKind.Overloaded, "planted");
            case LogFault.AfterRecord:
                LogWriteResult result = await write();
                if (result is LogWritten)
                    throw new StorageException(StorageErrorKind.Unavailable, "planted");

                // A write that lost recorded nothing: it is the next one's.
                Next = fault;
                return result;
            default:
                return await write();
        }
    }
}

using System.Collections.Immutable;
using System.Diagnostics;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage;

/// <summary>A log whose commits and reads are spans, from when they begin to wait until they are synced or read. Their attributes are counts.</summary>
internal sealed class StorageSpans(IBlobLog log) : IBlobLog
{
    private static readonly ActivitySource Source = new("ZeroKSync.Storage");

    public Task<LogWriteResult> AppendAsync(LogAppend append, CancellationToken cancellationToken) =>
        RunAsync("zks.storage.commit", append.Entries.Length, () => log.AppendAsync(append, cancellationToken));

    public Task<LogWriteResult> WriteAsync(GroupWrite write, CancellationToken cancellationToken) =>
        RunAsync("zks.storage.commit", 0, () => log.WriteAsync(write, cancellationToken));

    public Task<LogPage?> ReadAsync(LogQuery query, CancellationToken cancellationToken) =>
        RunAsync("zks.storage.read", query.CountMax, () => log.ReadAsync(query, cancellationToken));

    public Task<StoredGroup?> LoadAsync(GroupId group, CancellationToken cancellationToken) => log.LoadAsync(group, cancellationToken);

    public Task<LogWriteResult> CreateAsync(StoredGroup group, CancellationToken cancellationToken) => log.CreateAsync(group, cancellationToken);

    public Task<LogWriteResult> MarkAsync(LogMark mark, CancellationToken cancellationToken) => log.MarkAsync(mark, cancellationToken);

    public Task<LogWriteResult> RefillAsync(LogRefill refill, CancellationToken cancellationToken) => log.RefillAsync(refill, cancellationToken);

    public Task<long?> ReadVersionAsync(GroupId group, CancellationToken cancellationToken) => log.ReadVersionAsync(group, cancellationToken);

    public Task<PageEntry?> FindAsync(GroupId group, Cursor cursor, ulong nowMs, CancellationToken cancellationToken) => log.FindAsync(group, cursor, nowMs, cancellationToken);

    public Task<ImmutableArray<DeviceRotation>> ReadRotationsAsync(GroupId group, DeviceId device, KeyEpoch after, CancellationToken cancellationToken) =>
        log.ReadRotationsAsync(group, device, after, cancellationToken);

    public Task<ImmutableArray<AuditRecord>> ReadAuditAsync(GroupId group, CancellationToken cancellationToken) => log.ReadAuditAsync(group, cancellationToken);

    public Task<int> ExpireAsync(ulong nowMs, int rowsMax, CancellationToken cancellationToken) => log.ExpireAsync(nowMs, rowsMax, cancellationToken);

    public Task<SweepResult> SweepAsync(SweepRequest request, CancellationToken cancellationToken) => log.SweepAsync(request, cancellationToken);

    public Task<LogStatistics?> GetStatisticsAsync(GroupId group, CancellationToken cancellationToken) => log.GetStatisticsAsync(group, cancellationToken);

    public Task<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken) => log.GetStatisticsAsync(cancellationToken);

    public Task<LogVerification> VerifyAsync(CancellationToken cancellationToken) => log.VerifyAsync(cancellationToken);

    // A caller that is not traced pays for a look.
    private static Task<T> RunAsync<T>(string name, int entries, Func<Task<T>> work) =>
        Source.HasListeners() && Activity.Current is { IsAllDataRequested: true } ? RunTracedAsync(name, entries, work) : work();

    private static async Task<T> RunTracedAsync<T>(string name, int entries, Func<Task<T>> work)
    {
        using Activity? span = Source.StartActivity(name);
        span?.SetTag("zks.entries", entries);
        return await work();
    }
}

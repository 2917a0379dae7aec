using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>
/// An operator's work on a database on PostgreSQL. Copies are made with the server's own tools (pg_dump, pg_basebackup), not here; a database
/// that was put back from one is recognised where the server, the database or the timeline is another, and gets new relay epochs when it is
/// opened. Where none of them is, <see cref="RenewEpochsAsync"/> has to be called.
/// </summary>
public sealed class PostgreSqlOperations(PostgreSqlStoreOptions options, TimeProvider time) : IStoreOperations
{
    public Task<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken) => RunAsync(log => log.GetStatisticsAsync(cancellationToken), cancellationToken);

    public Task<LogVerification> VerifyAsync(CancellationToken cancellationToken) => RunAsync(log => log.VerifyAsync(cancellationToken), cancellationToken);

    /// <summary>Beside running relays too. The server keeps the room for itself until it is vacuumed; none is given back here.</summary>
    public async Task<TrimOutcome> TrimAsync(TrimPolicy policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        (long expired, long trimmed) = await RunAsync(log => StoreTrim.RunAsync(log, policy, cancellationToken), cancellationToken);
        return new TrimOutcome(expired, trimmed, 0);
    }

    public async Task<long> RenewEpochsAsync(CancellationToken cancellationToken)
    {
        await using PostgreSqlStore store = await PostgreSqlStore.OpenAsync(options, time, cancellationToken);
        return await store.WriteAsync(connection => PostgreSqlSchema.RenewEpochsAsync(connection, cancellationToken), cancellationToken);
    }

    private async Task<T> RunAsync<T>(Func<PostgreSqlBlobLog, Task<T>> work, CancellationToken cancellationToken)
    {
        await using PostgreSqlStore store = await PostgreSqlStore.OpenAsync(options, time, cancellationToken);
        return await work(new PostgreSqlBlobLog(store));
    }
}

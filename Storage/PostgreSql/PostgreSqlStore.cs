using Npgsql;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>
/// One database with the connections to it: some that write what is gathered, a pool for everything else. Several relays may share it: the
/// group's version fences them. No statement and no error of it shows the connection string.
/// </summary>
public sealed class PostgreSqlStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly PostgreSqlStoreOptions _options;
    private readonly TimeProvider _time;
    private int _reading;

    private PostgreSqlStore(NpgsqlDataSource source, PostgreSqlStoreOptions options, TimeProvider time)
    {
        _source = source;
        _options = options;
        _time = time;
        Commit = new GroupCommit(source, options);
    }

    /// <summary>The writes that are gathered.</summary>
    internal GroupCommit Commit { get; }

    /// <summary>Connects, brings the database to this program's version, and checks that the server syncs what it commits.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="time">For the pauses of background work.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="StorageException"><see cref="StorageErrorKind.CannotOpen"/>; the message holds nothing of the connection string.</exception>
    public static async Task<PostgreSqlStore> OpenAsync(PostgreSqlStoreOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        NpgsqlDataSource source = CreateSource(options);
        try
        {
            await using (NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken))
                await PostgreSqlSchema.OpenAsync(connection, cancellationToken);

            return new PostgreSqlStore(source, options, time);
        }
        catch (Exception exception)
        {
            await source.DisposeAsync();
            // The driver's message may name the host and the user.
            if (Failures.IsOne(exception))
            {
                string what = exception is PostgresException error ? $"the server refused it with {error.SqlState}" : "it could not be reached";
                throw new StorageException(StorageErrorKind.CannotOpen, $"The database cannot be opened: {what}.");
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Commit.DisposeAsync();
        await _source.DisposeAsync();
    }

    /// <summary>Runs statements that each see the database for themselves.</summary>
    internal async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _reading) > _options.ReadsWaitingMax)
        {
            Interlocked.Decrement(ref _reading);
            throw new StorageException(StorageErrorKind.Overloaded, "Storage has more waiting than it takes on.");
        }

        try
        {
            return await OnConnectionAsync(work, cancellationToken);
        }
        catch (Exception exception) when (Failures.IsOne(exception))
        {
            throw Failures.Translate(exception);
        }
        finally
        {
            Interlocked.Decrement(ref _reading);
        }
    }

    /// <summary>Runs a transaction of its own, again once where it and another waited for each other or the connection broke; it is synced when it completes.</summary>
    internal async Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                // Not cancelled: once it is with the server, only the server knows what became of it.
                return await OnConnectionAsync(
                    async connection =>
                    {
                        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(CancellationToken.None);
                        T result = await work(connection);
                        await transaction.CommitAsync(CancellationToken.None);
                        return result;
                    },
                    CancellationToken.None);
            }
            catch (Exception exception) when (Failures.IsOne(exception))
            {
                if (attempt > 0 || !Failures.IsConflict(exception))
                    throw Failures.Translate(exception);
            }
        }
    }

    /// <summary>A read that is done once more, carefully, where it meets damage: the driver gives up the connection, and a row at a time is slow.</summary>
    internal Task<T> ReadAroundDamageAsync<T>(Func<NpgsqlConnection, bool, Task<T>> work, CancellationToken cancellationToken) =>
        AroundDamageAsync(isCareful => ReadAsync(connection => work(connection, isCareful), cancellationToken));

    /// <summary>A write that is done once more, carefully, where it meets damage: nothing of the first stays.</summary>
    internal Task<T> WriteAroundDamageAsync<T>(Func<NpgsqlConnection, bool, Task<T>> work, CancellationToken cancellationToken) =>
        AroundDamageAsync(isCareful => WriteAsync(connection => work(connection, isCareful), cancellationToken));

    /// <summary>A write that is not urgent: it gives way for a while when others wait.</summary>
    internal async Task<T> WriteInBackgroundAsync<T>(Func<NpgsqlConnection, bool, Task<T>> work, CancellationToken cancellationToken)
    {
        if (Commit.IsBusy)
            await Task.Delay(_options.BackgroundPause, _time, cancellationToken);

        return await WriteAroundDamageAsync(work, cancellationToken);
    }

    private static async Task<T> AroundDamageAsync<T>(Func<bool, Task<T>> work)
    {
        try
        {
            return await work(false);
        }
        catch (Exception exception) when (Failures.IsDamage(exception) || exception is StorageException { InnerException: { } inner } && Failures.IsDamage(inner))
        {
            return await work(true);
        }
    }

    // The pool may hold connections to a server that is gone: what fails on one runs once more on a new one. What was committed after all is
    // fenced by that, or is the same done twice.
    private async Task<T> OnConnectionAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using (NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken))
        {
            try
            {
                return await work(connection);
            }
            catch (Exception exception) when (Failures.IsBroken(exception) && !cancellationToken.IsCancellationRequested)
            {
                NpgsqlConnection.ClearPool(connection);
            }
        }

        await using NpgsqlConnection next = await _source.OpenConnectionAsync(cancellationToken);
        return await work(next);
    }

    private static NpgsqlDataSource CreateSource(PostgreSqlStoreOptions options)
    {
        NpgsqlDataSourceBuilder builder;
        try
        {
            builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            // Its message quotes what it was given.
            throw new StorageException(StorageErrorKind.CannotOpen, "The database's connection string is not one: a keyword or a value is wrong.");
        }

        builder.ConnectionStringBuilder.MaxPoolSize = options.Writers + options.Connections;
        // As a default of the session it outlasts a reset, which a SET does not. Nothing else is set in a session, so none is reset.
        builder.ConnectionStringBuilder.Options = $"{builder.ConnectionStringBuilder.Options} -c synchronous_commit=on".TrimStart();
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        builder.ConnectionStringBuilder.MaxAutoPrepare = 64;
        builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        builder.ConnectionStringBuilder.IncludeErrorDetail = false;
        builder.ConnectionStringBuilder.ApplicationName ??= "zks-relay";
        builder.UsePhysicalConnectionInitializer(
            _ => throw new NotSupportedException("Connections are opened asynchronously."),
            PostgreSqlSchema.RequireSyncAsync);
        return builder.Build();
    }
}

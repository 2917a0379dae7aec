using System.Net.Sockets;
using Npgsql;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>What the server's and the driver's errors mean to a caller.</summary>
internal static class Failures
{
    /// <summary>An error of the driver or the server, or of the connection to it.</summary>
    public static bool IsOne(Exception exception) => exception is NpgsqlException or SocketException or IOException or TimeoutException or InvalidOperationException;

    /// <summary>A page or a row that the server cannot read.</summary>
    public static bool IsDamage(Exception exception) => exception
        is PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted or PostgresErrorCodes.InternalError }
        or InvalidCastException
        or ArgumentException
        or OverflowException;

    /// <summary>Nothing was written, and it may go through when it is tried again at once.</summary>
    public static bool IsConflict(Exception exception) => exception
        is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>The server itself said no: it has rolled back, and the connection lives.</summary>
    public static bool IsRefusal(Exception exception) => exception is PostgresException error && !error.SqlState.StartsWith("57P", StringComparison.Ordinal);

    /// <summary>The connection is of no more use, and says nothing of what was under way on it.</summary>
    public static bool IsBroken(Exception exception) => IsOne(exception) && !IsRefusal(exception);

    public static StorageException Translate(Exception exception) => exception switch
    {
        StorageException known => known,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new StorageException(StorageErrorKind.Full, "The database's disk is full.", exception),
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => new StorageException(StorageErrorKind.Overloaded, "The database has too many connections.", exception),
        PostgresException error => new StorageException(StorageErrorKind.Unavailable, $"The database failed with {error.SqlState}; nothing of this transaction was kept.", exception),
        _ => new StorageException(StorageErrorKind.Unavailable, "The database could not be reached or did not answer.", exception),
    };
}

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>Where the relay's database is and how much may wait for it.</summary>
public sealed class PostgreSqlStoreOptions
{
    /// <summary>
    /// The connection string, in Npgsql's keywords. It is a secret where it holds a password: it belongs in a file or the environment,
    /// never on a command line.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>Connections that write, each with a transaction of its own under way. 1 to 8, default 2.</summary>
    public int Writers { get; init; } = 2;

    /// <summary>Connections for everything else. 1 to 200, default 8.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>Writes that may wait; one more is refused. 1 to 1,000,000, default 65,536.</summary>
    public int WritesWaitingMax { get; init; } = 65_536;

    /// <summary>Reads that may wait; one more is refused. 1 to 1,000,000, default 16,384.</summary>
    public int ReadsWaitingMax { get; init; } = 16_384;

    /// <summary>Writes in one transaction: more share one sync, and the first waits longer. 1 to 4,096, default 512.</summary>
    public int WritesPerCommitMax { get; init; } = 512;

    /// <summary>Envelope bytes in one transaction, one append more at most. 64 KiB to 256 MiB, default 8 MiB.</summary>
    public long BytesPerCommitMax { get; init; } = 8 << 20;

    /// <summary>How long background work gives way while writes wait, at a time. 0 to 10 s, default 25 ms.</summary>
    public TimeSpan BackgroundPause { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Without the connection string.</summary>
    public override string ToString() => nameof(PostgreSqlStoreOptions);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(ConnectionString);
        InRange(Writers, 1, 8, nameof(Writers));
        InRange(Connections, 1, 200, nameof(Connections));
        InRange(WritesWaitingMax, 1, 1_000_000, nameof(WritesWaitingMax));
        InRange(ReadsWaitingMax, 1, 1_000_000, nameof(ReadsWaitingMax));
        InRange(WritesPerCommitMax, 1, 4_096, nameof(WritesPerCommitMax));
        InRange(BytesPerCommitMax, 64L << 10, 256L << 20, nameof(BytesPerCommitMax));
        InRange(BackgroundPause, TimeSpan.Zero, TimeSpan.FromSeconds(10), nameof(BackgroundPause));
    }

    private static void InRange<T>(T value, T low, T high, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {low} and {high}.");
    }
}

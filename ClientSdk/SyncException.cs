namespace ZeroKSync.Client;

/// <summary>The one exception of the public surface for what the world did. Its message holds no id, address or secret.</summary>
public sealed class SyncException : Exception
{
    /// <summary>Made by the client only.</summary>
    internal SyncException(SyncErrorKind kind, string message, bool isTransient = false, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        IsTransient = isTransient;
        RetryAfter = retryAfter;
    }

    /// <summary>What went wrong.</summary>
    public SyncErrorKind Kind { get; }

    /// <summary>Whether the same call may succeed later without anybody changing anything.</summary>
    public bool IsTransient { get; }

    /// <summary>The relay's wish for the pause before the next try; null where it named none.</summary>
    public TimeSpan? RetryAfter { get; }
}

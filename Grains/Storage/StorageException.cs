namespace ZeroKSync.Grains.Storage;

/// <summary>Storage failed; a write that was under way may or may not have happened. The message holds no id.</summary>
public sealed class StorageException : Exception
{
    public StorageException(StorageErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
    }

    public StorageErrorKind Kind { get; }
}

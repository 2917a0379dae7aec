namespace ZeroKSync.Grains.Storage;

/// <summary>Why storage failed.</summary>
public enum StorageErrorKind
{
    /// <summary>It cannot be opened: missing rights, not a database, or a version this program does not know.</summary>
    CannotOpen,

    /// <summary>Another process has it.</summary>
    InUse,

    /// <summary>No room: nothing was written.</summary>
    Full,

    /// <summary>More work waits than is allowed: nothing was written.</summary>
    Overloaded,

    /// <summary>The outcome is unknown.</summary>
    Unavailable,
}

namespace ZeroKSync.Client.Sync;

/// <summary>The columns of <see cref="ConnectionMachine"/>'s table.</summary>
internal enum ConnectionEventKind
{
    /// <summary>The app wants to be connected.</summary>
    Wanted,

    /// <summary>The app wants to be left alone.</summary>
    Unwanted,

    /// <summary>WELCOME was received.</summary>
    Opened,

    /// <summary>A try failed or a session ended.</summary>
    Failed,

    /// <summary>The timer ran off.</summary>
    RetryDue,
}

namespace ZeroKSync.Client.Sync;

/// <summary>What the shell has to do after a transition, in this order.</summary>
[Flags]
internal enum ConnectionActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Forget the timer.</summary>
    CancelTimer = 1,

    /// <summary>End the try or the session.</summary>
    Close = 2,

    /// <summary>Begin a try.</summary>
    Connect = 4,

    /// <summary>Call back with <see cref="ConnectionEventKind.RetryDue"/> at <see cref="ConnectionState.RetryAt"/>.</summary>
    ArmTimer = 8,
}

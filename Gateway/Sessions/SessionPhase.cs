namespace ZeroKSync.Gateway.Sessions;

/// <summary>Where a session stands.</summary>
public enum SessionPhase
{
    /// <summary>Nothing is known of the peer.</summary>
    AwaitingHandshake,

    /// <summary>The device's key is proved, its membership not.</summary>
    AwaitingHello,

    /// <summary>A device without a group, at a rendezvous.</summary>
    Joining,

    /// <summary>A member behind the group's key epoch.</summary>
    Restricted,

    /// <summary>A member.</summary>
    Active,

    /// <summary>Over.</summary>
    Closing,
}

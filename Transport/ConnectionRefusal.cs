namespace ZeroKSync.Transport;

/// <summary>Why a listener did not take a newcomer.</summary>
public enum ConnectionRefusal
{
    /// <summary>The listener has stopped accepting.</summary>
    Stopped,

    /// <summary><see cref="TransportListenerOptions.MaxConnections"/> is reached.</summary>
    TooManyConnections,

    /// <summary><see cref="TransportListenerOptions.Admit"/> said no.</summary>
    NotAdmitted,

    /// <summary><see cref="TransportListenerOptions.MaxHalfOpen"/> is reached.</summary>
    TooManyHalfOpen,

    /// <summary><see cref="TransportListenerOptions.MaxHalfOpenPerAddress"/> is reached.</summary>
    TooManyHalfOpenFromAddress,

    /// <summary><see cref="TransportListenerOptions.HandshakesPerAddressPerSecond"/> is reached.</summary>
    TooManyHandshakesFromAddress,

    /// <summary>The proof of address was not one of ours, or too old.</summary>
    InvalidToken,

    /// <summary><see cref="TransportListenerOptions.AcceptBacklog"/> is full.</summary>
    Busy,
}

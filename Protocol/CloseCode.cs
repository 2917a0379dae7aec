namespace ZeroKSync.Protocol;

/// <summary>QUIC application codes: how a connection is closed, or one direction of a stream aborted.</summary>
public enum CloseCode : byte
{
    None = 0,

    /// <summary>The session handshake, or one inside the session, failed; nothing says how.</summary>
    Handshake = 1,

    /// <summary>A frame did not authenticate.</summary>
    Authentication = 2,

    /// <summary>A length above the limit.</summary>
    Length = 3,

    /// <summary>A handshake, HELLO or something else waited for did not come in time.</summary>
    Deadline = 4,

    /// <summary>The stream's requests after a refused PUSH are discarded.</summary>
    Refused = 5,

    /// <summary>Nobody wants this stream.</summary>
    Unwanted = 6,

    /// <summary>A stream that did not move to the session's new keys, or keys that were used too long.</summary>
    OldEpoch = 7,

    /// <summary>No room for one more connection or stream.</summary>
    Busy = 8,
}

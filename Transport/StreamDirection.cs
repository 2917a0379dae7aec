namespace ZeroKSync.Transport;

/// <summary>Who may write on a stream (RFC 9000 section 2.1).</summary>
public enum StreamDirection
{
    /// <summary>Both ends read and write.</summary>
    Bidirectional,

    /// <summary>Only the end that opened the stream writes, only the other reads.</summary>
    Unidirectional,
}

using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>The session's keys cannot be changed, or have done too much: its connection ends with a code and no word.</summary>
/// <param name="code">1 where the peer broke the exchange, 4 where it let it wait, 7 where keys were used too long.</param>
public sealed class RekeyException(CloseCode code) : Exception("The session's keys cannot be changed.")
{
    /// <summary>What the connection is closed with.</summary>
    public CloseCode Code => code;
}

using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Transport;

/// <summary>The relay broke the protocol: the connection is of no more use.</summary>
internal sealed class RelayProtocolException(CloseCode code, string message) : Exception(message)
{
    /// <summary>What the connection is closed with.</summary>
    public CloseCode Code => code;
}

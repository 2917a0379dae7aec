using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>The peer broke the session: its connection is closed with a code and no word.</summary>
internal sealed class SessionBrokenException(CloseCode code) : Exception("The peer broke the session.")
{
    public CloseCode Code => code;
}

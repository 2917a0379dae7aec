using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Client.Transport;

/// <summary>The relay answered a request with ERROR; the session lives on. Its text is the relay's and not shown.</summary>
internal sealed class RelayRefusedException(Error error) : Exception("The relay refused a request.")
{
    public Error Error => error;
}

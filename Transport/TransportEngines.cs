using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Transport;

/// <summary>Chooses the engine of this machine.</summary>
public static class TransportEngines
{
    /// <summary>The engine whose libraries load here.</summary>
    /// <exception cref="TransportException"><see cref="TransportErrorKind.EngineUnavailable"/>, with a sentence that names what to install.</exception>
    public static ITransport Create() => Ngtcp2Transport.Create();
}

using System.Runtime.Versioning;
using ZeroKSync.Transport.Ngtcp2;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Transport;

/// <summary>Chooses the engine of this machine.</summary>
public static class TransportEngines
{
    [SupportedOSPlatformGuard("linux")]
    [SupportedOSPlatformGuard("macos")]
    [SupportedOSPlatformGuard("windows")]
    private static bool HasSystemNetQuic => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsWindows();

    /// <summary>The engine that is asked for, or by default the first whose libraries load here.</summary>
    /// <param name="engine">Anything but <see cref="TransportEngine.Auto"/> is taken or fails: no other stands in for it.</param>
    /// <param name="ngtcp2">For that engine, where it is the one; null takes its defaults.</param>
    /// <exception cref="TransportException"><see cref="TransportErrorKind.EngineUnavailable"/>, with a sentence for each engine tried that names what to install.</exception>
    public static ITransport Create(TransportEngine engine = TransportEngine.Auto, Ngtcp2Options? ngtcp2 = null) =>
        Choose(engine, OperatingSystem.IsWindows(), () => Ngtcp2Transport.Create(ngtcp2), CreateSystemNetQuic);

    internal static ITransport Choose(TransportEngine engine, bool isWindows, Func<ITransport> ngtcp2, Func<ITransport> systemNetQuic)
    {
        Func<ITransport>[] wanted = engine switch
        {
            TransportEngine.Auto => isWindows ? [systemNetQuic] : [ngtcp2, systemNetQuic],
            TransportEngine.Ngtcp2 => [ngtcp2],
            TransportEngine.SystemNetQuic => [systemNetQuic],
            _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "This is no engine."),
        };
        var missing = new List<string>();
        foreach (Func<ITransport> create in wanted)
        {
            try
            {
                return create();
            }
            catch (TransportException exception) when (exception.Kind == TransportErrorKind.EngineUnavailable)
            {
                missing.Add(exception.Message);
            }
        }

        throw new TransportException(TransportErrorKind.EngineUnavailable, string.Join(' ', missing));
    }

    private static ITransport CreateSystemNetQuic() => HasSystemNetQuic
        ? SystemNetQuicTransport.Create()
        : throw new TransportException(TransportErrorKind.EngineUnavailable, "System.Net.Quic does not exist for this operating system.");
}

namespace ZeroKSync.Transport;

/// <summary>The QUIC engines.</summary>
public enum TransportEngine
{
    /// <summary>The first that loads: on Windows System.Net.Quic, elsewhere ngtcp2 and then System.Net.Quic.</summary>
    Auto,

    /// <summary>libngtcp2 and GnuTLS, on Linux.</summary>
    Ngtcp2,

    /// <summary>System.Net.Quic, which is part of Windows and needs libmsquic elsewhere.</summary>
    SystemNetQuic,
}

using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Loop;

namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>The port's options in the engine's terms. They were validated before: a bad value makes Debian's build of the engine abort.</summary>
internal static unsafe class ConnectionSettings
{
    private const ulong ConnectionIdLimit = 8;
    private const int Cubic = 1;
    private const int Bbr = 2;

    // From here on CUBIC was seen to stall in pacing on paths of some microseconds.
    private const int BbrFromVersion = 0x011800;

    public static void Fill(TransportConnectionOptions options, int datagramBytesMax, SettingsStruct* settings, TransportParametersStruct* parameters)
    {
        Native.ngtcp2_settings_default_versioned(Native.SettingsVersion, settings);
        Native.ngtcp2_transport_params_default_versioned(Native.ParametersVersion, parameters);
        settings->InitialTimestamp = QuicLoop.Now();
        settings->CongestionControl = Ngtcp2Library.Version >= BbrFromVersion ? Bbr : Cubic;
        settings->HandshakeTimeout = (ulong)options.HandshakeTimeout.TotalNanoseconds;
        PathProbes.Fill(settings, datagramBytesMax);
        parameters->InitialMaxData = (ulong)options.ConnectionWindowBytes;
        parameters->InitialMaxStreamDataBidiLocal = (ulong)options.StreamWindowBytes;
        parameters->InitialMaxStreamDataBidiRemote = (ulong)options.StreamWindowBytes;
        parameters->InitialMaxStreamDataUni = (ulong)options.StreamWindowBytes;
        parameters->InitialMaxStreamsBidi = (ulong)options.MaxInboundBidirectionalStreams;
        parameters->InitialMaxStreamsUni = (ulong)options.MaxInboundUnidirectionalStreams;
        parameters->MaxIdleTimeout = (ulong)options.IdleTimeout.TotalNanoseconds;
        parameters->ActiveConnectionIdLimit = ConnectionIdLimit;
        parameters->GreaseQuicBit = 1;
    }
}

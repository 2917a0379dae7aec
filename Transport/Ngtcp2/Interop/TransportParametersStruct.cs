using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_transport_params</c>, version 1.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TransportParametersStruct
{
    public PreferredAddressStruct PreferredAddress;
    public ConnectionIdStruct OriginalDestinationId;
    public ConnectionIdStruct InitialSourceId;
    public ConnectionIdStruct RetrySourceId;
    public ulong InitialMaxStreamDataBidiLocal;
    public ulong InitialMaxStreamDataBidiRemote;
    public ulong InitialMaxStreamDataUni;
    public ulong InitialMaxData;
    public ulong InitialMaxStreamsBidi;
    public ulong InitialMaxStreamsUni;
    public ulong MaxIdleTimeout;
    public ulong MaxUdpPayloadSize;
    public ulong ActiveConnectionIdLimit;
    public ulong AckDelayExponent;
    public ulong MaxAckDelay;
    public ulong MaxDatagramFrameSize;
    public byte StatelessResetTokenPresent;
    public byte DisableActiveMigration;
    public byte OriginalDestinationIdPresent;
    public byte InitialSourceIdPresent;
    public byte RetrySourceIdPresent;
    public byte PreferredAddressPresent;
    public fixed byte StatelessResetToken[16];
    public byte GreaseQuicBit;
    public VersionInfoStruct VersionInfo;
    public byte VersionInfoPresent;
}

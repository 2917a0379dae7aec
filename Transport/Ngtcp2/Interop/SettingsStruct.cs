using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_settings</c>, version 2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SettingsStruct
{
    public nint QlogWrite;
    public int CongestionControl;
    public ulong InitialTimestamp;
    public ulong InitialRoundTrip;
    public nint LogPrintf;
    public nuint MaxUdpPayloadSize;
    public byte* Token;
    public nuint TokenLength;
    public int TokenType;
    public nint RandomContext;
    public ulong MaxWindow;
    public ulong MaxStreamWindow;
    public nuint AckThreshold;
    public byte NoPayloadSizeShaping;
    public ulong HandshakeTimeout;
    public uint* PreferredVersions;
    public nuint PreferredVersionsLength;
    public uint* AvailableVersions;
    public nuint AvailableVersionsLength;
    public uint OriginalVersion;
    public byte NoPathMtuDiscovery;
    public uint InitialPacketNumber;
    public ushort* PathMtuProbes;
    public nuint PathMtuProbesLength;
}

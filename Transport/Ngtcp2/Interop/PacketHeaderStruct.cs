using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_pkt_hd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PacketHeaderStruct
{
    public ConnectionIdStruct DestinationId;
    public ConnectionIdStruct SourceId;
    public long PacketNumber;
    public byte* Token;
    public nuint TokenLength;
    public nuint PacketNumberLength;
    public nuint Length;
    public uint Version;
    public byte Type;
    public byte Flags;
}

using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_pkt_info</c>: one byte of content, aligned to 8.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct PacketInfoStruct
{
    public byte Ecn;
}

using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_preferred_addr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PreferredAddressStruct
{
    public ConnectionIdStruct Id;
    public SocketAddressV4 V4;
    public SocketAddressV6 V6;
    public byte V4Present;
    public byte V6Present;
    public fixed byte StatelessResetToken[16];
}

using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>sockaddr_in</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SocketAddressV4
{
    public ushort Family;
    public ushort Port;
    public uint Address;
    public fixed byte Zero[8];
}

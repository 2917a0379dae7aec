using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>sockaddr_in6</c>: large enough for either family.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SocketAddressV6
{
    public ushort Family;
    public ushort Port;
    public uint FlowInfo;
    public fixed uint Address[4];
    public uint ScopeId;
}

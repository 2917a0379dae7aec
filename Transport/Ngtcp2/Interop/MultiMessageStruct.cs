using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>mmsghdr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MultiMessageStruct
{
    public MessageHeaderStruct Header;
    public uint Length;
}

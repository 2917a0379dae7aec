using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_cid</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ConnectionIdStruct
{
    public nuint Length;
    public fixed byte Data[20];
}

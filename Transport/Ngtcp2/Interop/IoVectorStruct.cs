using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVectorStruct
{
    public void* Base;
    public nuint Length;
}

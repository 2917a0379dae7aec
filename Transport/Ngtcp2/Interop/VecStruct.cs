using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_vec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VecStruct
{
    public byte* Base;
    public nuint Length;
}

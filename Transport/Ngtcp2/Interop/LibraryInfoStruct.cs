using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_info</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LibraryInfoStruct
{
    public int Age;
    public int Number;
    public byte* Text;
}

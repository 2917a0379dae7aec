using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_addr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AddressStruct
{
    public void* Address;
    public uint Length;
}

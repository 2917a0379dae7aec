using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_path</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PathStruct
{
    public AddressStruct Local;
    public AddressStruct Remote;
    public void* UserData;
}

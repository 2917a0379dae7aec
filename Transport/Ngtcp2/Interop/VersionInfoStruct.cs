using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_version_info</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VersionInfoStruct
{
    public uint Chosen;
    public byte* Available;
    public nuint AvailableLength;
}

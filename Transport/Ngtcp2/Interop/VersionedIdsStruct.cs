using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_version_cid</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VersionedIdsStruct
{
    public uint Version;
    public byte* DestinationId;
    public nuint DestinationIdLength;
    public byte* SourceId;
    public nuint SourceIdLength;
}

using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>timespec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeStruct
{
    public long Seconds;
    public long Nanoseconds;
}

using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollStruct
{
    public int Descriptor;
    public short Events;
    public short Returned;
}

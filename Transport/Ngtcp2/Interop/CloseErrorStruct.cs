using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_ccerr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CloseErrorStruct
{
    public int Type;
    public ulong Code;
    public ulong FrameType;
    public byte* Reason;
    public nuint ReasonLength;
}

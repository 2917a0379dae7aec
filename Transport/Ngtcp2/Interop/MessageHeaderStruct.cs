using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>msghdr</c> on 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeaderStruct
{
    public void* Name;
    public uint NameLength;
    public IoVectorStruct* Vector;
    public nuint VectorLength;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

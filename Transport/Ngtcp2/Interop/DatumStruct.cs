using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>gnutls_datum_t</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DatumStruct
{
    public byte* Data;
    public uint Size;
}

using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary><c>ngtcp2_crypto_conn_ref</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ConnectionReferenceStruct
{
    public nint GetConnection;
    public void* UserData;
}

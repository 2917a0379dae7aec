using System.Runtime.InteropServices;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Connections;

/// <summary>
/// The datagram sizes that are tried on a path (RFC 8899, RFC 9000 section 14.3), in this order. Each is an MTU less 48 bytes, the headers of
/// IPv6 and UDP. A path gets no larger ones than a probe came through with; probes that the own interface cannot take never leave it.
/// </summary>
internal static unsafe class PathProbes
{
    /// <summary>No larger one is used on a path of ordinary Ethernet.</summary>
    public const int OrdinaryBytesMax = 1500 - Headers;

    private const int Headers = 48;
    private const int Fibre = 1454 - Headers;
    private const int Tunnel = 1390 - Headers;
    private const int LeastOfIPv6 = 1280 - Headers;
    private const int PointToPoint = 1492 - Headers;
    private const int Count = 5;

    private static readonly ushort* Sizes = Allocate();

    /// <summary>The engine copies them, and leaves out those above the bound.</summary>
    public static void Fill(SettingsStruct* settings, int bytesMax)
    {
        settings->MaxUdpPayloadSize = (nuint)bytesMax;
        settings->PathMtuProbes = Sizes;
        settings->PathMtuProbesLength = Count;
    }

    private static ushort* Allocate()
    {
        var sizes = (ushort*)NativeMemory.Alloc(Count, sizeof(ushort));
        // The second and third are tried only where the one before was lost.
        (sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]) = (Fibre, Tunnel, LeastOfIPv6, PointToPoint, Ngtcp2Options.MostDatagramBytes);
        return sizes;
    }
}

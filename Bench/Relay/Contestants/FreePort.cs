using System.Net;
using System.Net.Sockets;

namespace ZeroKSync.Bench.Relay;

/// <summary>A TCP port of loopback that was free a moment ago, for servers that cannot choose one themselves.</summary>
internal static class FreePort
{
    // Another program may take it in between; as often in a row it is something else.
    public const int TriesMax = 8;

    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

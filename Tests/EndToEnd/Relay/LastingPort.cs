using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>
/// Ports below those that the system gives to whoever asks for any: a relay that is down for a moment finds its own still free, whatever other
/// tests open meanwhile.
/// </summary>
internal static class LastingPort
{
    // Below the least of Linux' ephemeral ports (ip_local_port_range) and those of RFC 6335.
    private const int Lowest = 10_000;
    private const int Count = 20_000;

    private static int _last = RandomNumberGenerator.GetInt32(Count);

    /// <summary>One that no other fixture has, and that is free for TCP and UDP.</summary>
    public static int Take()
    {
        for (int tries = 0; tries < Count; tries++)
        {
            int port = Lowest + (int)((uint)Interlocked.Increment(ref _last) % Count);
            if (IsFree(port, SocketType.Stream, ProtocolType.Tcp) && IsFree(port, SocketType.Dgram, ProtocolType.Udp))
                return port;
        }

        throw new InvalidOperationException("No port is free.");
    }

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}

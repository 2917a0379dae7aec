using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Fuzz.Sessions;

/// <summary>
/// Somebody at the fallback's TCP port: no TLS at all, TLS with no HTTP in it, requests that are nearly the right one, and after the right one
/// WebSocket frames (RFC 6455 section 5.2) that hold anything. When it has said all, the port lets it go at once.
/// </summary>
internal static class HostileTls
{
    private const int FramesMax = 12;

    public static async Task RunAsync(IPEndPoint port, Random random)
    {
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(port, Bounded.Token());
        try
        {
            if (random.Next(8) == 0)
                await ToTheEndAsync(client.GetStream(), ByteMutator.Noise(random, 2_000), client);
            else
                await RunAsync(client, port, random);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // Turned away in the middle of a word.
        }
    }

    private static async Task RunAsync(TcpClient client, IPEndPoint port, Random random)
    {
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = port.Address.ToString(), EnabledSslProtocols = SslProtocols.Tls13, RemoteCertificateValidationCallback = (_, _, _, _) => true },
            Bounded.Token());
        byte[] request = Request(port);
        switch (random.Next(6))
        {
            case 0:
                await ToTheEndAsync(tls, ByteMutator.Noise(random, 12_000), client);
                return;
            case 1 or 2:
                await ToTheEndAsync(tls, ByteMutator.Mutate(random, request, request), client);
                return;
            default:
                await tls.WriteAsync(request, Bounded.Token());
                await ReadHeadAsync(tls);
                await ToTheEndAsync(tls, HostileFrames.Make(random, random.Next(1, FramesMax)), client);
                return;
        }
    }

    private static byte[] Request(IPEndPoint port) => Encoding.ASCII.GetBytes(
        $"GET {WebSocketEndPoint.Path} HTTP/1.1\r\nHost: {port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: {WebSocketEndPoint.Subprotocol(Limits.Alpn)}\r\n\r\n");

    // Up to the empty line: what the port answers to a right request is right.
    private static async Task ReadHeadAsync(SslStream tls)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append(await tls.ReadAsync(one, Bounded.Token()) == 1 ? (char)one[0] : throw new BrokenPromiseException("the port ended inside its answer"));

        if (!head.ToString().StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
            throw new BrokenPromiseException($"the port refused a right request: {head}");
    }

    private static async Task ToTheEndAsync(Stream stream, byte[] bytes, TcpClient client)
    {
        await stream.WriteAsync(bytes, Bounded.Token());
        client.Client.Shutdown(SocketShutdown.Send);
        byte[] rest = new byte[4_096];
        while (await stream.ReadAsync(rest, Bounded.Token()) > 0)
        {
        }
    }
}

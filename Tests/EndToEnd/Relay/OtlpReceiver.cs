using System.Net;
using System.Net.Sockets;
using System.Text;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>The other end of OTLP over HTTP, as little of it as shows what arrives: one request a connection, answered with nothing.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public OtlpReceiver() => _listener.Start();

    public string Url => $"http://{_listener.LocalEndpoint}/v1/metrics";

    /// <summary>The next request: head and body.</summary>
    public async Task<(string Head, byte[] Body)> ReceiveAsync()
    {
        using TcpClient client = await _listener.AcceptTcpClientAsync(Bounded.Token());
        NetworkStream stream = client.GetStream();
        var received = new List<byte>();
        byte[] buffer = new byte[4096];
        int headEnd;
        while ((headEnd = Encoding.Latin1.GetString([.. received]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
            received.AddRange(buffer[..await ReadAsync()]);

        string head = Encoding.Latin1.GetString([.. received])[..headEnd];
        int length = int.Parse(head.Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1].Trim(), System.Globalization.CultureInfo.InvariantCulture);
        while (received.Count < headEnd + 4 + length)
            received.AddRange(buffer[..await ReadAsync()]);

        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), Bounded.Token());
        return (head, [.. received.Skip(headEnd + 4)]);

        async Task<int> ReadAsync() => await stream.ReadAsync(buffer, Bounded.Token()) is > 0 and int count ? count : throw new InvalidOperationException("The request ended early.");
    }

    public void Dispose() => _listener.Dispose();
}

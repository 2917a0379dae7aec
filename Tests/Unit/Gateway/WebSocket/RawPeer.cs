using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Authentication;
using ZeroKSync.TestKit;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Unit.Gateway.WebSocket;

/// <summary>A WebSocket client that says whatever a test wants, and hands over the types of the frames it hears.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[FrameLimits.MessageBytesMax];
    private readonly Queue<FrameType> _heard = new();

    private RawPeer()
    {
    }

    public static SocketsHttpHandler Handler(SslProtocols protocols = SslProtocols.Tls13) => new()
    {
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions { EnabledSslProtocols = protocols, RemoteCertificateValidationCallback = (_, _, _, _) => true },
    };

    /// <summary>Opens a WebSocket and says nothing on it.</summary>
    public static async Task<RawPeer> ConnectAsync(IPEndPoint listener, string subprotocol)
    {
        var peer = new RawPeer();
        peer._socket.Options.AddSubProtocol(subprotocol);
        using var invoker = new HttpMessageInvoker(Handler());
        await peer._socket.ConnectAsync(new Uri($"wss://{listener}{WebSocketEndPoint.Path}"), invoker, Bounded.Token());
        return peer;
    }

    public Task SettingsAsync() => SendAsync([0x00, 0x00, 0x00, 0x00, 0x00, 0x43, 0xe8]);

    public Task SendAsync(byte[] message, WebSocketMessageType type = WebSocketMessageType.Binary) =>
        _socket.SendAsync(message, type, endOfMessage: true, Bounded.Token());

    /// <summary>The next frame, or null when the listener ended the WebSocket or the line.</summary>
    public async Task<FrameType?> HearAsync()
    {
        while (_heard.Count == 0)
        {
            try
            {
                WebSocketReceiveResult result = await _socket.ReceiveAsync(_buffer, Bounded.Token());
                if (result.MessageType == WebSocketMessageType.Close)
                    return null;

                Read(_buffer.AsSpan(0, result.Count));
            }
            catch (WebSocketException)
            {
                return null;
            }
        }

        return _heard.Dequeue();
    }

    public void Dispose() => _socket.Dispose();

    private void Read(ReadOnlySpan<byte> message)
    {
        while (!message.IsEmpty)
        {
            Assert.True(FrameReader.TryRead(ref message, out Frame frame));
            _heard.Enqueue(frame.Type);
        }
    }
}

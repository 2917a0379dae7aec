using System.Diagnostics.CodeAnalysis;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>A client's side of the handshake, message by message, so that a test can do to each what a network or a peer may.</summary>
internal sealed class RawHandshake : IAsyncDisposable
{
    private readonly HandshakeInitiator _initiator;

    private RawHandshake(TransportConnection connection, TransportStream stream, HandshakeInitiator initiator)
    {
        Connection = connection;
        Stream = stream;
        _initiator = initiator;
    }

    public TransportConnection Connection { get; }

    /// <summary>The session stream.</summary>
    public TransportStream Stream { get; }

    public static async Task<RawHandshake> OpenAsync(TransportConnection connection, X25519KeyPair device, RelayId relay)
    {
        TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());
        return new RawHandshake(connection, stream, new HandshakeInitiator(device, relay, HandshakePrologue.ForCertificate(connection.CertificateHash.Span)));
    }

    public byte[] MakeFirst()
    {
        byte[] first = new byte[HandshakeMessage.FirstBytes];
        _initiator.WriteFirst(first);
        return first;
    }

    /// <summary>Sends a body with its length before it.</summary>
    public ValueTask SendAsync(byte[] body, bool endStream = false) => Stream.WriteAsync(RawSession.Framed(body), endStream, Bounded.Token());

    /// <summary>The relay's answer; null where it ends the stream or the connection instead.</summary>
    public async Task<byte[]?> ReadSecondAsync()
    {
        byte[] frame = new byte[FrameHeader.Size + HandshakeMessage.SecondBytes];
        try
        {
            for (int at = 0; at < frame.Length;)
            {
                int count = await Stream.ReadAsync(frame.AsMemory(at), Bounded.Token());
                if (count == 0)
                    return null;

                at += count;
            }
        }
        catch (TransportException)
        {
            return null;
        }

        return frame[FrameHeader.Size..];
    }

    public bool TryMakeThird(byte[] second, [NotNullWhen(true)] out byte[]? third)
    {
        third = new byte[HandshakeMessage.ThirdBytes];
        if (!_initiator.TryReadSecond(second) || !_initiator.TryWriteThird(third, out SessionKeys? keys))
        {
            third = null;
            return false;
        }

        keys.Dispose();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        _initiator.Dispose();
        await Connection.DisposeAsync();
    }
}

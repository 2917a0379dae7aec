using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>The relay's half of the three handshake messages on the session stream. Nothing is allocated by what the peer claims.</summary>
internal static class HandshakeLane
{
    /// <exception cref="SessionBrokenException">Whatever was wrong: one answer.</exception>
    public static async Task<SessionKeys> RunAsync(TransportStream stream, X25519KeyPair relayKey, ReadOnlyMemory<byte> certificateHash, CancellationToken cancellationToken)
    {
        using var handshake = new HandshakeResponder(relayKey, HandshakePrologue.ForCertificate(certificateHash.Span));
        byte[] first = await ReadAsync(stream, HandshakeMessage.FirstBytes, cancellationToken);
        byte[] second = new byte[FrameHeader.Size + HandshakeMessage.SecondBytes];
        FrameHeader.Write(second, HandshakeMessage.SecondBytes);
        if (!handshake.TryReadFirst(first) || !handshake.TryWriteSecond(second.AsSpan(FrameHeader.Size)))
            throw new SessionBrokenException(CloseCode.Handshake);

        await stream.WriteAsync(second, cancellationToken: cancellationToken);
        byte[] third = await ReadAsync(stream, HandshakeMessage.ThirdBytes, cancellationToken);
        return handshake.TryReadThird(third, out SessionKeys? keys) ? keys : throw new SessionBrokenException(CloseCode.Handshake);
    }

    private static async Task<byte[]> ReadAsync(TransportStream stream, int bytes, CancellationToken cancellationToken)
    {
        byte[] header = new byte[FrameHeader.Size];
        await ReadExactlyAsync(stream, header, cancellationToken);
        if (!FrameHeader.TryRead(header, Limits.FrameBytesBeforeWelcome, out int length))
            throw new SessionBrokenException(CloseCode.Length);

        if (length != bytes)
            throw new SessionBrokenException(CloseCode.Handshake);

        byte[] body = new byte[bytes];
        await ReadExactlyAsync(stream, body, cancellationToken);
        return body;
    }

    private static async ValueTask ReadExactlyAsync(TransportStream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int count = await stream.ReadAsync(buffer, cancellationToken);
            if (count == 0)
                throw new SessionBrokenException(CloseCode.Handshake);

            buffer = buffer[count..];
        }
    }
}

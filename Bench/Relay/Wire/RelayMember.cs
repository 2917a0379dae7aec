using System.Net;
using ZeroKSync.Client;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Bench.Relay;

/// <summary>A device of a group, to connect with: QUIC, the hybrid handshake, HELLO, until WELCOME has opened.</summary>
internal sealed class RelayMember(RelayGroup group) : IDisposable
{
    private readonly X25519KeyPair _device = X25519.GenerateKeyPair();

    /// <param name="transport">QUIC.</param>
    /// <param name="relay">Where to.</param>
    /// <param name="create">Whether the group is to be made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RelaySession> ConnectAsync(ITransport transport, RelayAddress relay, bool create, CancellationToken cancellationToken)
    {
        TransportConnection connection = await transport.ConnectAsync(
            new TransportConnectOptions
            {
                Alpn = Limits.Alpn,
                RemoteEndPoints = [new IPEndPoint(IPAddress.Parse(relay.Host), relay.Port)],
                // As the SDK has them.
                KeepAliveInterval = TimeSpan.FromSeconds(15),
                StreamWindowBytes = 2 << 20,
                ConnectionWindowBytes = 8 << 20,
                StreamSendBufferBytes = 2 << 20,
            },
            cancellationToken);
        TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, cancellationToken);
        SessionKeys keys = await HandshakeAsync(connection, stream, relay.RelayId, cancellationToken);
        var streams = new SessionStreams(keys);
        var session = RelayStream.Create(stream, streams);
        await session.SendAsync(MakeHello(keys, create), endStream: false, cancellationToken);
        return new RelaySession(connection, streams, session, await session.ReceiveAsync<Welcome>(cancellationToken));
    }

    public void Dispose() => _device.Dispose();

    private async Task<SessionKeys> HandshakeAsync(TransportConnection connection, TransportStream stream, RelayId relay, CancellationToken cancellationToken)
    {
        using var handshake = new HandshakeInitiator(_device, relay, HandshakePrologue.ForCertificate(connection.CertificateHash.Span));
        byte[] first = new byte[FrameHeader.Size + HandshakeMessage.FirstBytes];
        FrameHeader.Write(first, HandshakeMessage.FirstBytes);
        handshake.WriteFirst(first.AsSpan(FrameHeader.Size));
        await stream.WriteAsync(first, cancellationToken: cancellationToken);
        byte[] second = new byte[FrameHeader.Size + HandshakeMessage.SecondBytes];
        for (int at = 0; at < second.Length;)
        {
            int count = await stream.ReadAsync(second.AsMemory(at), cancellationToken);
            at += count > 0 ? count : throw new InvalidOperationException("The relay ended the handshake.");
        }

        byte[] third = new byte[FrameHeader.Size + HandshakeMessage.ThirdBytes];
        FrameHeader.Write(third, HandshakeMessage.ThirdBytes);
        if (!handshake.TryReadSecond(second.AsSpan(FrameHeader.Size)) || !handshake.TryWriteThird(third.AsSpan(FrameHeader.Size), out SessionKeys? keys))
            throw new InvalidOperationException("The handshake failed.");

        await stream.WriteAsync(third, cancellationToken: cancellationToken);
        return keys;
    }

    private Hello MakeHello(SessionKeys keys, bool create) => new(
        Limits.Version,
        group.Id,
        default,
        group.OriginKey,
        [],
        HelloProof.Sign(group.Admission, keys.HandshakeHash, group.Id, DeviceId.Read(_device.PublicKey), default),
        null,
        new byte[] { 1 },
        default(ReadOnlyMemory<byte>?),
        create ? HelloFlags.Create : HelloFlags.None);
}

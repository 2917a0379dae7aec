using System.Net;
using ZeroKSync.Client;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Bench.Connect;

/// <summary>A device of a group of its own that only connects: QUIC, the hybrid handshake, HELLO, until WELCOME has opened.</summary>
internal sealed class Member : IDisposable
{
    private readonly X25519KeyPair _device = X25519.GenerateKeyPair();
    private readonly SecretBytes _admission = SecretBytes.CreateRandom(Ed25519.SeedBytes);
    private readonly AdmissionKey _originKey;
    private readonly GroupId _group;
    private readonly RelayId _relay;
    private readonly IPEndPoint _endPoint;

    public Member(RelayAddress relay)
    {
        Span<byte> key = stackalloc byte[AdmissionKey.Size];
        Ed25519.GetPublicKey(_admission, key);
        _originKey = AdmissionKey.Read(key);
        _group = GroupIdentity.FromOriginKey(_originKey);
        _relay = relay.RelayId;
        _endPoint = new IPEndPoint(IPAddress.Parse(relay.Host), relay.Port);
    }

    /// <summary>Connects, is welcomed, and leaves.</summary>
    /// <param name="transport">QUIC.</param>
    /// <param name="create">Whether the group is to be made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ConnectAsync(ITransport transport, bool create, CancellationToken cancellationToken)
    {
        await using TransportConnection connection = await transport.ConnectAsync(new TransportConnectOptions { Alpn = Limits.Alpn, RemoteEndPoints = [_endPoint] }, cancellationToken);
        await using TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, cancellationToken);
        using SessionKeys keys = await HandshakeAsync(connection, stream, cancellationToken);
        using FrameSealer sealer = keys.CreateSealer(stream.Id);
        if (!keys.TryCreateOpener(stream.Id, out FrameOpener? opener))
            throw new InvalidOperationException("The session stream has its keys already.");

        using FrameOpener _ = opener;
        byte[] hello = MessageCodec.Encode(MakeHello(keys, create));
        byte[] frame = new byte[FrameSealer.GetFrameSize(hello.Length)];
        sealer.Seal(hello, frame);
        await stream.WriteAsync(frame, cancellationToken: cancellationToken);
        byte[] answer = await ReadFrameAsync(stream, Limits.FrameBytesBeforeWelcome, cancellationToken);
        if (!opener.TryOpenInPlace(answer, out ReadOnlyMemory<byte> message) || !MessageCodec.TryDecode(message, out Welcome? _))
            throw new InvalidOperationException("The relay did not welcome the device.");
    }

    public void Dispose()
    {
        _device.Dispose();
        _admission.Dispose();
    }

    private async Task<SessionKeys> HandshakeAsync(TransportConnection connection, TransportStream stream, CancellationToken cancellationToken)
    {
        using var handshake = new HandshakeInitiator(_device, _relay, HandshakePrologue.ForCertificate(connection.CertificateHash.Span));
        byte[] first = new byte[FrameHeader.Size + HandshakeMessage.FirstBytes];
        FrameHeader.Write(first, HandshakeMessage.FirstBytes);
        handshake.WriteFirst(first.AsSpan(FrameHeader.Size));
        await stream.WriteAsync(first, cancellationToken: cancellationToken);
        byte[] second = await ReadFrameAsync(stream, HandshakeMessage.SecondBytes, cancellationToken);
        byte[] third = new byte[FrameHeader.Size + HandshakeMessage.ThirdBytes];
        FrameHeader.Write(third, HandshakeMessage.ThirdBytes);
        if (!handshake.TryReadSecond(second.AsSpan(FrameHeader.Size)) || !handshake.TryWriteThird(third.AsSpan(FrameHeader.Size), out SessionKeys? keys))
            throw new InvalidOperationException("The handshake failed.");

        await stream.WriteAsync(third, cancellationToken: cancellationToken);
        return keys;
    }

    private Hello MakeHello(SessionKeys keys, bool create) => new(
        Limits.Version,
        _group,
        default,
        _originKey,
        [],
        HelloProof.Sign(_admission, keys.HandshakeHash, _group, DeviceId.Read(_device.PublicKey), default),
        null,
        new byte[] { 1 },
        default(ReadOnlyMemory<byte>?),
        create ? HelloFlags.Create : HelloFlags.None);

    private static async Task<byte[]> ReadFrameAsync(TransportStream stream, int bodyBytesMax, CancellationToken cancellationToken)
    {
        byte[] header = new byte[FrameHeader.Size];
        await ReadExactlyAsync(stream, header, cancellationToken);
        if (!FrameHeader.TryRead(header, bodyBytesMax, out int length))
            throw new InvalidOperationException("The relay sent a frame that is too long.");

        byte[] frame = new byte[FrameHeader.Size + length];
        header.CopyTo(frame, 0);
        await ReadExactlyAsync(stream, frame.AsMemory(FrameHeader.Size), cancellationToken);
        return frame;
    }

    private static async Task ReadExactlyAsync(TransportStream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int count = await stream.ReadAsync(buffer, cancellationToken);
            buffer = count > 0 ? buffer[count..] : throw new InvalidOperationException("The relay ended the stream.");
        }
    }
}

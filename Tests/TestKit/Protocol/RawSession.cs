using System.Net;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.TestKit.Protocol;

/// <summary>
/// A client of the wire with nothing around it: shakes hands and sends whatever a test wants, right or wrong. It keeps no promise that the
/// SDK keeps.
/// </summary>
public sealed class RawSession : IAsyncDisposable
{
    private readonly X25519KeyPair _key;
    private readonly RelayId _relay;
    private readonly SessionKeys _keys;

    private RawSession(TransportConnection connection, X25519KeyPair key, RelayId relay, SessionKeys keys, RawStream session)
    {
        _relay = relay;
        Connection = connection;
        _key = key;
        _keys = keys;
        Session = session;
    }

    public TransportConnection Connection { get; }

    /// <summary>The session stream.</summary>
    public RawStream Session { get; }

    public DeviceId Device => DeviceId.Read(_key.PublicKey);

    /// <summary>The device's.</summary>
    public X25519KeyPair Key => _key;

    /// <summary>Of the session, to be changed by hand.</summary>
    public SessionKeys Keys => _keys;

    public byte[] HandshakeHash => _keys.HandshakeHash.ToArray();

    /// <param name="transport">Any way to the relay.</param>
    /// <param name="relay">Where it listens.</param>
    /// <param name="relayId">Its static key.</param>
    /// <param name="key">The device's; owned from now on. A new one by default.</param>
    /// <param name="windowBytes">What a stream takes before somebody reads it.</param>
    public static async Task<RawSession> ConnectAsync(ITransport transport, IPEndPoint relay, RelayId relayId, X25519KeyPair? key = null, int windowBytes = 1 << 20)
    {
        key ??= X25519.GenerateKeyPair();
        TransportConnection connection = await transport.ConnectAsync(new TransportConnectOptions { Alpn = Limits.Alpn, RemoteEndPoints = [relay], StreamWindowBytes = windowBytes, ConnectionWindowBytes = 4 * windowBytes }, Bounded.Token());
        TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());
        using var handshake = new HandshakeInitiator(key, relayId, HandshakePrologue.ForCertificate(connection.CertificateHash.Span));
        byte[] first = new byte[HandshakeMessage.FirstBytes];
        handshake.WriteFirst(first);
        await stream.WriteAsync(Framed(first), cancellationToken: Bounded.Token());
        byte[] second = new byte[FrameHeader.Size + HandshakeMessage.SecondBytes];
        for (int at = 0; at < second.Length;)
        {
            int count = await stream.ReadAsync(second.AsMemory(at), Bounded.Token());
            at += count > 0 ? count : throw new InvalidOperationException("The relay ended the handshake.");
        }

        byte[] third = new byte[HandshakeMessage.ThirdBytes];
        if (!handshake.TryReadSecond(second.AsSpan(FrameHeader.Size)) || !handshake.TryWriteThird(third, out SessionKeys? keys))
            throw new InvalidOperationException("The handshake failed.");

        await stream.WriteAsync(Framed(third), cancellationToken: Bounded.Token());
        return new RawSession(connection, key, relayId, keys, new RawStream(stream, keys));
    }

    /// <summary>A length and a body, unsealed.</summary>
    public static byte[] Framed(ReadOnlySpan<byte> body)
    {
        byte[] frame = new byte[FrameHeader.Size + body.Length];
        FrameHeader.Write(frame, body.Length);
        body.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    public async Task<RawStream> OpenAsync() => new(await Connection.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token()), _keys);

    /// <summary>A rekey as it should be, up to the relay's confirmation; what is sealed afterwards is under the new keys.</summary>
    public async Task RekeyAsync()
    {
        await FinishRekeyAsync(await BeginRekeyAsync(_key));
        if ((await Session.ReceiveAsync<Rekey>()).HandshakeMessage.Length != 0 || Session.Epoch != _keys.Epoch + 1)
            throw new InvalidOperationException("The relay does not confirm.");

        _keys.Switch(TimeSpan.MaxValue);
    }

    /// <summary>Sends the first message of a rekey and reads the relay's answer.</summary>
    /// <param name="key">The device's, or another.</param>
    public async Task<HandshakeInitiator> BeginRekeyAsync(X25519KeyPair key)
    {
        var handshake = new HandshakeInitiator(key, _relay, HandshakePrologue.ForRekey(_keys.LastHandshakeHash));
        byte[] first = new byte[HandshakeMessage.FirstBytes];
        handshake.WriteFirst(first);
        await Session.SendAsync(new Rekey(first));
        Rekey second = await Session.ReceiveAsync<Rekey>();
        return handshake.TryReadSecond(second.HandshakeMessage.Span) ? handshake : throw new InvalidOperationException("The relay's answer does not open.");
    }

    /// <summary>Stages the new keys, and sends the third message unless it is held back.</summary>
    public async Task<byte[]> FinishRekeyAsync(HandshakeInitiator handshake, bool isSent = true)
    {
        byte[] third = new byte[HandshakeMessage.ThirdBytes];
        if (!handshake.TryWriteThird(third, out SessionKeys? made))
            throw new InvalidOperationException("The handshake failed.");

        using (made)
            _keys.TryStage(made);

        if (isSent)
            await Session.SendAsync(new Rekey(third));

        return third;
    }

    /// <summary>The relay's stream of notices.</summary>
    public async Task<RawStream> AcceptAsync() =>
        new(await Connection.AcceptStreamAsync(Bounded.Token()) ?? throw new InvalidOperationException("The connection ended."), _keys);

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        _keys.Dispose();
        _key.Dispose();
    }
}

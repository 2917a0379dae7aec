using System.Security.Cryptography.X509Certificates;
using ZeroKSync.Client;
using ZeroKSync.Client.Transport;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.InMemory;

namespace ZeroKSync.Tests.Unit.ClientSdk.Transport;

/// <summary>A client's link to a relay that does what the test does: it shakes hands, and no more by itself.</summary>
internal sealed class LinkFixture : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly X25519KeyPair _relayKey = X25519.GenerateKeyPair();
    private TransportListener? _listener;

    private readonly FrameLimit _limit = new();

    public FakeTimeProvider Time { get; } = new();

    public X25519KeyPair Device { get; } = X25519.GenerateKeyPair();

    public RelayLink Link { get; private set; } = null!;

    /// <summary>The relay's end of the connection.</summary>
    public TransportConnection Connection { get; private set; } = null!;

    public SessionStreams Streams { get; private set; } = null!;

    /// <summary>The relay's end of the session stream.</summary>
    public SealedStream Session { get; private set; } = null!;

    public static async Task<LinkFixture> ConnectAsync(Func<ITransport, ITransport>? around = null)
    {
        var fixture = new LinkFixture();
        var transport = new InMemoryTransport(new InMemoryNetwork(), fixture.Time);
        fixture._listener = await transport.ListenAsync(new TransportListenerOptions { Alpn = Limits.Alpn, Certificate = fixture._certificate }, Bounded.Token());
        var address = new RelayAddress(fixture._listener.LocalEndPoint.Address.ToString(), fixture._listener.LocalEndPoint.Port, RelayId.Read(fixture._relayKey.PublicKey));
        Task<RelayLink> connecting = RelayLink.ConnectAsync(around?.Invoke(transport) ?? transport, address, fixture.Device, fixture.Time, Bounded.Token());
        await fixture.AcceptAsync();
        fixture.Link = await connecting.Within();
        return fixture;
    }

    public SessionRekey Rekey(RekeyLimits limits) => SessionRekey.ForRelay(Streams, Session, _relayKey, limits, Time);

    /// <summary>Keys of a handshake that the client had no part in, as the relay's.</summary>
    public SessionKeys MakeKeys()
    {
        using var initiator = new HandshakeInitiator(Device, RelayId.Read(_relayKey.PublicKey), []);
        using var responder = new HandshakeResponder(_relayKey, []);
        byte[] first = new byte[HandshakeMessage.FirstBytes], second = new byte[HandshakeMessage.SecondBytes], third = new byte[HandshakeMessage.ThirdBytes];
        initiator.WriteFirst(first);
        Assert.True(responder.TryReadFirst(first) && responder.TryWriteSecond(second) && initiator.TryReadSecond(second));
        Assert.True(initiator.TryWriteThird(third, out SessionKeys? ofClient));
        ofClient.Dispose();
        Assert.True(responder.TryReadThird(third, out SessionKeys? ofRelay));
        return ofRelay;
    }

    /// <summary>A one-way stream of the relay.</summary>
    public async Task<SealedStream> OpenAsync() =>
        await SealedStream.CreateAsync(await Connection.OpenStreamAsync(StreamDirection.Unidirectional, Bounded.Token()), Streams, _limit);

    /// <summary>The client's next stream.</summary>
    public async Task<SealedStream> AcceptStreamAsync() =>
        await SealedStream.CreateAsync((await Connection.AcceptStreamAsync(Bounded.Token()))!, Streams, _limit);

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        await Connection.DisposeAsync();
        await _listener!.DisposeAsync();
        Streams.Keys.Dispose();
        Device.Dispose();
        _relayKey.Dispose();
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        Connection = await _listener!.AcceptAsync(Bounded.Token()) ?? throw new InvalidOperationException("Nobody came.");
        TransportStream stream = await Connection.AcceptStreamAsync(Bounded.Token()) ?? throw new InvalidOperationException("No stream came.");
        using var handshake = new HandshakeResponder(_relayKey, HandshakePrologue.ForCertificate(Connection.CertificateHash.Span));
        byte[] second = new byte[FrameHeader.Size + HandshakeMessage.SecondBytes];
        FrameHeader.Write(second, HandshakeMessage.SecondBytes);
        Assert.True(handshake.TryReadFirst(await ReadAsync(stream, HandshakeMessage.FirstBytes)));
        Assert.True(handshake.TryWriteSecond(second.AsSpan(FrameHeader.Size)));
        await stream.WriteAsync(second, cancellationToken: Bounded.Token());
        Assert.True(handshake.TryReadThird(await ReadAsync(stream, HandshakeMessage.ThirdBytes), out SessionKeys? keys));
        Streams = new SessionStreams(keys);
        Session = await SealedStream.CreateAsync(stream, Streams, _limit);
    }

    private static async Task<byte[]> ReadAsync(TransportStream stream, int bodyBytes)
    {
        byte[] frame = new byte[FrameHeader.Size + bodyBytes];
        for (int at = 0; at < frame.Length;)
        {
            int count = await stream.ReadAsync(frame.AsMemory(at), Bounded.Token());
            at += count > 0 ? count : throw new InvalidOperationException("The stream ended.");
        }

        return frame[FrameHeader.Size..];
    }
}

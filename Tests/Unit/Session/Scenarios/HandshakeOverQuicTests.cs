using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.MlKem;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Unit.Session.Handshake;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.Session.Scenarios;

/// <summary>Both ends of a handshake over real QUIC, with somebody between their streams who reads and changes what he likes.</summary>
public sealed class HandshakeOverQuicTests : IAsyncLifetime
{
    private const int EphemeralBytes = 32;
    private const string Secret = "what the device says";

    private static readonly string[] Agreements = ["ee", "ekem1", "es", "se"];

    private readonly HandshakeFixture _fixture = new();
    private readonly X25519KeyPair _deviceEphemeral = new(HandshakeFixture.Secret(0x33, EphemeralBytes));
    private readonly X25519KeyPair _relayEphemeral = new(HandshakeFixture.Secret(0x55, EphemeralBytes));
    private ITransport _transport = null!;
    private X509Certificate2 _certificate = null!;
    private TransportListener _listener = null!;
    private TransportConnection _client = null!;
    private TransportConnection _relay = null!;
    private TransportStream _clientStream = null!;
    private TransportStream _relayStream = null!;

    public async ValueTask InitializeAsync()
    {
        _transport = TransportEngines.Create();
        _certificate = SelfSignedCertificate.Create(TestClock.System);
        _listener = await _transport.ListenAsync(new TransportListenerOptions { Alpn = Limits.Alpn, Certificate = _certificate }, Bounded.Token());
        Task<TransportConnection?> accepting = _listener.AcceptAsync(Bounded.Token()).AsTask();
        var there = new IPEndPoint(IPAddress.Loopback, _listener.LocalEndPoint.Port);
        _client = await _transport.ConnectAsync(new TransportConnectOptions { Alpn = Limits.Alpn, RemoteEndPoints = [there] }, Bounded.Token());
        _relay = await accepting ?? throw new InvalidOperationException("No connection came.");
        _clientStream = await _client.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _relay.DisposeAsync();
        await _listener.DisposeAsync();
        await _transport.DisposeAsync();
        _certificate.Dispose();
        _deviceEphemeral.Dispose();
        _relayEphemeral.Dispose();
        _fixture.Dispose();
    }

    // One part of the hybrid is somebody else's, the other is right: neither carries a session alone.
    [Theory]
    [InlineData("the device's X25519 key")]
    [InlineData("the device's ML-KEM key")]
    [InlineData("the relay's X25519 key")]
    [InlineData("the relay's KEM secret")]
    public async Task E_PQ_03_OnePartFails_TheWholeHandshakeFails(string part)
    {
        using var initiator = new HandshakeInitiator(_fixture.DeviceKey, _fixture.Relay, PrologueOf(_client));
        using var responder = new HandshakeResponder(
            _fixture.RelayKey, PrologueOf(_relay), X25519.GenerateKeyPair(), part == "the relay's KEM secret" ? EncapsulateAnotherSecret : MlKem768.Default.TryEncapsulate);

        byte[] first = await PassAsync(HandshakeFixture.First(initiator), _clientStream, OfTheRelay);
        if (part == "the device's X25519 key")
            Other().CopyTo(first, 0);
        else if (part == "the device's ML-KEM key")
            OtherKem().CopyTo(first, EphemeralBytes);

        byte[] second = await PassAsync(HandshakeFixture.Second(responder, first), _relayStream, () => ValueTask.FromResult(_clientStream));
        if (part == "the relay's X25519 key")
            Other().CopyTo(second, 0);

        Assert.False(initiator.TryReadSecond(second));
    }

    // Who recorded everything and learnt some of the four agreed secrets, all classical ones or the KEM's alone among them, opens nothing.
    [Theory]
    [InlineData("", true)]
    [InlineData("ekem1", false)]
    [InlineData("ee es se", false)]
    [InlineData("ee", false)]
    [InlineData("es", false)]
    [InlineData("se", false)]
    public async Task E_PQ_04_RecordedSession_OpensWithAllSecretsOnly(string unknown, bool opens)
    {
        using var initiator = new HandshakeInitiator(
            _fixture.DeviceKey, _fixture.Relay, PrologueOf(_client), new X25519KeyPair(_deviceEphemeral.SecretKey.Copy()), HandshakeFixture.Secret(0x44, MlKem768.SeedBytes));
        using var responder = new HandshakeResponder(
            _fixture.RelayKey, PrologueOf(_relay), new X25519KeyPair(_relayEphemeral.SecretKey.Copy()), HandshakeFixture.EncapsulateFixed);
        byte[] first = await PassAsync(HandshakeFixture.First(initiator), _clientStream, OfTheRelay);
        byte[] second = await PassAsync(HandshakeFixture.Second(responder, first), _relayStream, () => ValueTask.FromResult(_clientStream));
        byte[] third = await PassAsync(HandshakeFixture.Third(initiator, second, out SessionKeys client), _clientStream, OfTheRelay);
        Assert.True(responder.TryReadThird(third, out SessionKeys? relay));
        using FrameSealer sealer = client.CreateSealer(_clientStream.Id);
        byte[] frame = new byte[FrameSealer.GetFrameSize(Secret.Length)];
        sealer.Seal(System.Text.Encoding.ASCII.GetBytes(Secret), frame);
        await _clientStream.WriteAsync(frame, cancellationToken: Bounded.Token());
        byte[] recorded = await ReadAsync(_relayStream, frame.Length);

        byte[][] learnt = [.. Agreements.Select(name => unknown.Split(' ').Contains(name) ? RandomNumberGenerator.GetBytes(EphemeralBytes) : Agreed(name, first))];
        byte[] key = PlainNoise.StreamKey(PlainNoise.Keys(learnt).Up, _clientStream.Id);

        Assert.Equal(opens ? Secret : null, Open(key, recorded));
        Array.ForEach([client, relay], keys => keys.Dispose());
    }

    private static byte[] PrologueOf(TransportConnection connection) => HandshakePrologue.ForCertificate(connection.CertificateHash.Span);

    private static byte[] Other()
    {
        using X25519KeyPair other = X25519.GenerateKeyPair();
        return other.PublicKey.ToArray();
    }

    private static byte[] OtherKem()
    {
        using SecretBytes seed = MlKem768.GenerateSeed();
        byte[] key = new byte[MlKem768.EncapsulationKeyBytes];
        MlKem768.Default.GetEncapsulationKey(seed, key);
        return key;
    }

    // A ciphertext for the right key, and another secret than lies in it.
    private static bool EncapsulateAnotherSecret(ReadOnlySpan<byte> key, Span<byte> ciphertext, Span<byte> sharedSecret)
    {
        bool isDone = MlKem768.Default.TryEncapsulate(key, ciphertext, sharedSecret);
        sharedSecret[0] ^= 1;
        return isDone;
    }

    private static string? Open(byte[] streamKey, byte[] frame)
    {
        byte[] message = new byte[frame.Length - FrameSealer.OverheadBytes];
        using var cipher = new ChaCha20Poly1305(streamKey);
        try
        {
            cipher.Decrypt(new byte[12], frame.AsSpan(FrameSealer.HeaderBytes, message.Length), frame.AsSpan(^16..), message, frame.AsSpan(0, FrameSealer.HeaderBytes));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return System.Text.Encoding.ASCII.GetString(message);
    }

    private byte[] Agreed(string name, byte[] first)
    {
        byte[] shared = new byte[EphemeralBytes];
        switch (name)
        {
            case "ee":
                Assert.True(X25519.TryAgree(_relayEphemeral.SecretKey, _deviceEphemeral.PublicKey, shared));
                break;
            case "ekem1":
                Assert.True(HandshakeFixture.EncapsulateFixed(first.AsSpan(EphemeralBytes), new byte[MlKem768.CiphertextBytes], shared));
                break;
            case "es":
                Assert.True(X25519.TryAgree(_deviceEphemeral.SecretKey, _fixture.RelayKey.PublicKey, shared));
                break;
            default:
                Assert.True(X25519.TryAgree(_fixture.DeviceKey.SecretKey, _relayEphemeral.PublicKey, shared));
                break;
        }

        return shared;
    }

    private async ValueTask<TransportStream> OfTheRelay() =>
        _relayStream ??= await _relay.AcceptStreamAsync(Bounded.Token()) ?? throw new InvalidOperationException("No stream came.");

    private static async Task<byte[]> PassAsync(byte[] message, TransportStream from, Func<ValueTask<TransportStream>> to)
    {
        await from.WriteAsync(RawSession.Framed(message), cancellationToken: Bounded.Token());
        byte[] frame = await ReadAsync(await to(), FrameHeader.Size + message.Length);
        return frame[FrameHeader.Size..];
    }

    private static async Task<byte[]> ReadAsync(TransportStream stream, int length)
    {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length;)
        {
            int count = await stream.ReadAsync(bytes.AsMemory(at), Bounded.Token());
            at += count > 0 ? count : throw new InvalidOperationException("The stream ended.");
        }

        return bytes;
    }
}

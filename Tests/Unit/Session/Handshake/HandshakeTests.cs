using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Session;
using ZeroKSync.TestKit.Protocol;

namespace ZeroKSync.Tests.Unit.Session.Handshake;

public sealed class HandshakeTests : IDisposable
{
    private readonly HandshakeFixture _fixture = new();

    [Fact]
    public void Handshake_Complete_GivesBothSidesOneSession()
    {
        (SessionKeys client, SessionKeys relay) = _fixture.Run();
        using (client)
        using (relay)
        {
            Assert.Equal(client.HandshakeHash, relay.HandshakeHash);
            Assert.Equal(DeviceId.Read(_fixture.DeviceKey.PublicKey), relay.Device);
            Assert.Equal(_fixture.Relay.Value, client.Peer);
            Assert.Throws<InvalidOperationException>(() => client.Device);

            byte[] frame = new byte[FrameSealer.GetFrameSize(5)];
            byte[] opened = new byte[5];
            using FrameSealer up = client.CreateSealer(0);
            using FrameOpener fromClient = relay.CreateOpener(0);
            Assert.Equal(frame.Length, up.Seal("hello"u8, frame));
            Assert.True(fromClient.TryOpen(frame.AsSpan(4), opened, out int length));
            Assert.Equal(5, length);
            Assert.Equal("hello"u8, opened);

            using FrameSealer down = relay.CreateSealer(0);
            using FrameOpener fromRelay = client.CreateOpener(0);
            down.Seal("world"u8, frame);
            Assert.True(fromRelay.TryOpen(frame.AsSpan(4), opened, out _));
            Assert.Equal("world"u8, opened);
        }
    }

    [Fact]
    public void Handshake_Twice_SharesNothing()
    {
        (SessionKeys client, SessionKeys relay) = _fixture.Run();
        (SessionKeys secondClient, SessionKeys secondRelay) = _fixture.Run();
        Assert.False(client.HandshakeHash.SequenceEqual(secondClient.HandshakeHash));
        byte[] frame = new byte[FrameSealer.GetFrameSize(0)];
        using FrameSealer sealer = client.CreateSealer(0);
        using FrameOpener opener = secondRelay.CreateOpener(0);
        sealer.Seal(default, frame);
        Assert.False(opener.TryOpen(frame.AsSpan(4), default, out _));
        Array.ForEach([client, relay, secondClient, secondRelay], keys => keys.Dispose());
    }

    [Fact]
    public void TryWriteThird_OtherRelayThanExpected_RefusesBeforeTheDeviceIsNamed()
    {
        using X25519KeyPair stranger = X25519.GenerateKeyPair();
        using HandshakeInitiator initiator = _fixture.Initiator();
        using var responder = new HandshakeResponder(stranger, HandshakeFixture.Prologue);
        byte[] second = HandshakeFixture.Second(responder, HandshakeFixture.First(initiator));
        byte[] third = new byte[HandshakeMessage.ThirdBytes];
        Assert.True(initiator.TryReadSecond(second));
        Assert.Equal(RelayId.Read(stranger.PublicKey), initiator.Relay);
        Assert.False(initiator.TryWriteThird(third, out SessionKeys? keys));
        Assert.Null(keys);
        Assert.All(third, value => Assert.Equal(0, value));
        Assert.Throws<InvalidOperationException>(() => initiator.TryWriteThird(third, out _));
    }

    [Fact]
    public void Handshake_DifferentPrologues_Fails()
    {
        using var initiator = new HandshakeInitiator(_fixture.DeviceKey, _fixture.Relay, HandshakePrologue.ForCertificate(new byte[32]));
        using HandshakeResponder responder = _fixture.Responder();
        byte[] second = HandshakeFixture.Second(responder, HandshakeFixture.First(initiator));
        Assert.False(initiator.TryReadSecond(second));
    }

    [Fact]
    public void TryWriteSecond_LowOrderEphemeral_Refuses()
    {
        byte[] first = HandshakeFixture.First(_fixture.Initiator());
        first.AsSpan(0, X25519.KeyBytes).Clear();
        using HandshakeResponder responder = _fixture.Responder();
        Assert.True(responder.TryReadFirst(first));
        AssertSecondIsRefused(responder);
    }

    [Fact]
    public void TryWriteSecond_UnreducedKemKey_Refuses()
    {
        byte[] first = HandshakeFixture.First(_fixture.Initiator());
        first.AsSpan(X25519.KeyBytes, 3).Fill(0xff);
        using HandshakeResponder responder = _fixture.Responder();
        Assert.True(responder.TryReadFirst(first));
        AssertSecondIsRefused(responder);
    }

    [Fact]
    public void TryReadSecond_LowOrderEphemeral_Refuses()
    {
        using HandshakeInitiator initiator = _fixture.Initiator();
        byte[] second = HandshakeFixture.Second(_fixture.Responder(), HandshakeFixture.First(initiator));
        second.AsSpan(0, X25519.KeyBytes).Clear();
        Assert.False(initiator.TryReadSecond(second));
    }

    // E-PQ-01: the ciphertext is wrong and yet authenticates under the classical key: only the KEM's secret differs.
    [Fact]
    public void TryReadSecond_KemCiphertextCorruptedBeforeSealing_Refuses()
    {
        using HandshakeInitiator initiator = _fixture.Initiator();
        using var responder = new HandshakeResponder(
            _fixture.RelayKey,
            HandshakeFixture.Prologue,
            X25519.GenerateKeyPair(),
            (key, ciphertext, secret) =>
            {
                bool made = HandshakeFixture.EncapsulateFixed(key, ciphertext, secret);
                ciphertext[0] ^= 1;
                return made;
            });
        Assert.False(initiator.TryReadSecond(HandshakeFixture.Second(responder, HandshakeFixture.First(initiator))));
    }

    // E-PQ-03: a relay that leaves the KEM out, by an all-zero secret, gets no session either.
    [Fact]
    public void TryReadSecond_KemSecretNotUsed_Refuses()
    {
        using HandshakeInitiator initiator = _fixture.Initiator();
        using var responder = new HandshakeResponder(
            _fixture.RelayKey,
            HandshakeFixture.Prologue,
            X25519.GenerateKeyPair(),
            (key, ciphertext, secret) =>
            {
                bool made = HandshakeFixture.EncapsulateFixed(key, ciphertext, secret);
                secret.Clear();
                return made;
            });
        Assert.False(initiator.TryReadSecond(HandshakeFixture.Second(responder, HandshakeFixture.First(initiator))));
    }

    [Fact]
    public void Steps_OutOfOrder_AreTheCallersMistake()
    {
        using HandshakeInitiator initiator = _fixture.Initiator();
        using HandshakeResponder responder = _fixture.Responder();
        Assert.Throws<InvalidOperationException>(() => initiator.TryWriteThird(new byte[HandshakeMessage.ThirdBytes], out _));
        Assert.Throws<InvalidOperationException>(() => initiator.Relay);
        Assert.Throws<InvalidOperationException>(() => responder.TryWriteSecond(new byte[HandshakeMessage.SecondBytes]));
        Assert.Throws<ArgumentException>(() => initiator.WriteFirst(new byte[HandshakeMessage.FirstBytes - 1]));
        HandshakeFixture.First(initiator);
        Assert.Throws<InvalidOperationException>(() => HandshakeFixture.First(initiator));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    public void ForCertificate_WrongLength_Throws(int length) =>
        Assert.Throws<ArgumentException>(() => HandshakePrologue.ForCertificate(new byte[length]));

    public void Dispose() => _fixture.Dispose();

    private static void AssertSecondIsRefused(HandshakeResponder responder)
    {
        byte[] second = new byte[HandshakeMessage.SecondBytes];
        Assert.False(responder.TryWriteSecond(second));
        Assert.All(second, value => Assert.Equal(0, value));
        Assert.False(responder.TryReadThird(new byte[HandshakeMessage.ThirdBytes], out _));
    }
}

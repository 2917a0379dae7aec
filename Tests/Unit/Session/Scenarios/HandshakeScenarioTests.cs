using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Session;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Unit.Session.Handshake;

namespace ZeroKSync.Tests.Unit.Session.Scenarios;

/// <summary>The scenarios of the handshake on its bytes: what each side does with what the network, or the other side, makes of a message.</summary>
public sealed class HandshakeScenarioTests : IDisposable
{
    private readonly HandshakeFixture _fixture = new();

    // Cut after the first or the second message: both sides give up; what they held is gone, and a retry is another handshake.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void E_HS_01_02_CutAfterAMessage_LeavesNothing_AndARetryIsFresh(int messages)
    {
        var deviceEphemeral = new X25519KeyPair(SecretBytes.CreateRandom(32));
        var relayEphemeral = new X25519KeyPair(SecretBytes.CreateRandom(32));
        SecretBytes kemSeed = MlKem768.GenerateSeed();
        byte[] first;
        using (var initiator = new HandshakeInitiator(_fixture.DeviceKey, _fixture.Relay, HandshakeFixture.Prologue, deviceEphemeral, kemSeed))
        using (var responder = new HandshakeResponder(_fixture.RelayKey, HandshakeFixture.Prologue, relayEphemeral, MlKem768.Default.TryEncapsulate))
        {
            first = HandshakeFixture.First(initiator);
            if (messages == 2)
                HandshakeFixture.Second(responder, first);
        }

        Assert.Throws<ObjectDisposedException>(() => deviceEphemeral.SecretKey.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => relayEphemeral.SecretKey.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => kemSeed.Span.Length);

        using HandshakeInitiator again = _fixture.Initiator();
        byte[] retried = HandshakeFixture.First(again);
        Assert.False(first.AsSpan(0, 32).SequenceEqual(retried.AsSpan(0, 32)));
        Assert.False(first.AsSpan(32).SequenceEqual(retried.AsSpan(32)));
        using HandshakeResponder other = _fixture.Responder();
        HandshakeFixture.Third(again, HandshakeFixture.Second(other, retried), out SessionKeys keys);
        keys.Dispose();
    }

    // Cut after the third: the client has a session, the relay has none. The relay never opens a frame of it, and no other session does.
    [Fact]
    public void E_HS_03_CutAfterTheThird_NoSessionOpensTheClientsFrames()
    {
        using HandshakeInitiator initiator = _fixture.Initiator();
        using HandshakeResponder responder = _fixture.Responder();
        HandshakeFixture.Third(initiator, HandshakeFixture.Second(responder, HandshakeFixture.First(initiator)), out SessionKeys client);
        Assert.False(responder.TryReadThird(default, out SessionKeys? none));
        Assert.Null(none);

        (SessionKeys nextClient, SessionKeys nextRelay) = _fixture.Run();
        using FrameSealer sealer = client.CreateSealer(0);
        using FrameOpener opener = nextRelay.CreateOpener(0);
        byte[] frame = new byte[FrameSealer.GetFrameSize(5)];
        sealer.Seal("hello"u8, frame);
        Assert.False(opener.TryOpenInPlace(frame, out _));
        Array.ForEach([client, nextClient, nextRelay], keys => keys.Dispose());
    }

    // A message whose damage is found ends the handshake and wipes what it held, on each side.
    [Fact]
    public void E_HS_05_AnyBadMessage_WipesWhatWasHeld()
    {
        var deviceEphemeral = new X25519KeyPair(SecretBytes.CreateRandom(32));
        SecretBytes kemSeed = MlKem768.GenerateSeed();
        using var initiator = new HandshakeInitiator(_fixture.DeviceKey, _fixture.Relay, HandshakeFixture.Prologue, deviceEphemeral, kemSeed);
        HandshakeFixture.First(initiator);
        Assert.False(initiator.TryReadSecond(new byte[HandshakeMessage.SecondBytes]));
        Assert.Throws<ObjectDisposedException>(() => deviceEphemeral.SecretKey.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => kemSeed.Span.Length);

        var relayEphemeral = new X25519KeyPair(SecretBytes.CreateRandom(32));
        using var responder = new HandshakeResponder(_fixture.RelayKey, HandshakeFixture.Prologue, relayEphemeral, MlKem768.Default.TryEncapsulate);
        Assert.False(responder.TryReadFirst(new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => relayEphemeral.SecretKey.Span.Length);
        Assert.NotEqual(0, _fixture.DeviceKey.SecretKey.Span.Length);
        Assert.NotEqual(0, _fixture.RelayKey.SecretKey.Span.Length);
    }

    // One device opens two sessions at once: each is whole by itself, and neither takes the other's messages.
    [Fact]
    public void E_HS_06_TwoAtOnceFromOneDevice_AreTwoSessions()
    {
        using HandshakeInitiator left = _fixture.Initiator(), right = _fixture.Initiator();
        using HandshakeResponder leftRelay = _fixture.Responder(), rightRelay = _fixture.Responder();
        byte[] leftSecond = HandshakeFixture.Second(leftRelay, HandshakeFixture.First(left));
        byte[] rightSecond = HandshakeFixture.Second(rightRelay, HandshakeFixture.First(right));
        byte[] leftThird = HandshakeFixture.Third(left, leftSecond, out SessionKeys leftClient);
        byte[] rightThird = HandshakeFixture.Third(right, rightSecond, out SessionKeys rightClient);
        Assert.True(rightRelay.TryReadThird(rightThird, out SessionKeys? rightKeys));
        Assert.True(leftRelay.TryReadThird(leftThird, out SessionKeys? leftKeys));
        Assert.Equal(leftKeys.Device, rightKeys.Device);
        Assert.Equal(leftClient.HandshakeHash, leftKeys.HandshakeHash);
        Assert.Equal(rightClient.HandshakeHash, rightKeys.HandshakeHash);
        Assert.False(leftKeys.HandshakeHash.SequenceEqual(rightKeys.HandshakeHash));
        Array.ForEach([leftClient, rightClient, leftKeys, rightKeys], keys => keys.Dispose());

        using HandshakeInitiator crossed = _fixture.Initiator();
        HandshakeFixture.First(crossed);
        Assert.False(crossed.TryReadSecond(leftSecond));
    }

    // The classical half alone wrong: the relay answers under another ephemeral key than the one that agreed. No path takes the KEM alone.
    [Fact]
    public void E_PQ_03_ClassicalPartFails_NoSession()
    {
        using HandshakeInitiator initiator = _fixture.Initiator();
        using HandshakeResponder responder = _fixture.Responder();
        byte[] second = HandshakeFixture.Second(responder, HandshakeFixture.First(initiator));
        using X25519KeyPair other = X25519.GenerateKeyPair();
        other.PublicKey.CopyTo(second);
        Assert.False(initiator.TryReadSecond(second));
    }

    // Whoever knows all secrets but one derives other keys: each of the four agreements counts, the KEM's and the classical ones alike.
    [Theory]
    [InlineData("device")]
    [InlineData("relay")]
    [InlineData("device ephemeral")]
    [InlineData("relay ephemeral")]
    [InlineData("kem")]
    public void E_PQ_04_AnySecretUnknown_GivesOtherKeys(string unknown)
    {
        PlainNoise.Transcript known = Derive(null);
        PlainNoise.Transcript guessed = Derive(unknown);
        Assert.NotEqual(known.ClientKey, guessed.ClientKey);
        Assert.NotEqual(known.RelayKey, guessed.RelayKey);
        Assert.NotEqual(known.HandshakeHash, guessed.HandshakeHash);
    }

    public void Dispose() => _fixture.Dispose();

    private PlainNoise.Transcript Derive(string? unknown)
    {
        using SecretBytes device = Known("device", _fixture.DeviceKey.SecretKey.Copy());
        using SecretBytes relay = Known("relay", _fixture.RelayKey.SecretKey.Copy());
        using SecretBytes deviceEphemeral = Known("device ephemeral", HandshakeFixture.Secret(0x33, 32));
        using SecretBytes kemSeed = Known("kem", HandshakeFixture.Secret(0x44, MlKem768.SeedBytes));
        using SecretBytes relayEphemeral = Known("relay ephemeral", HandshakeFixture.Secret(0x55, 32));
        return PlainNoise.Run(HandshakeFixture.Prologue, device, relay, deviceEphemeral, kemSeed, relayEphemeral);

        SecretBytes Known(string name, SecretBytes secret)
        {
            if (name == unknown)
                RandomNumberGenerator.Fill(secret.Writable);

            return secret;
        }
    }
}

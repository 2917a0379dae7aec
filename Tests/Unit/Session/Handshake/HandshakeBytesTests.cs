using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Handshake;

/// <summary>The bytes of the handshake with fixed ephemeral keys: equal to a second, straightforward computation, and equal for ever.</summary>
public sealed class HandshakeBytesTests : IDisposable
{
    private readonly HandshakeFixture _fixture = new();

    [Fact]
    public void Handshake_FixedKeys_EqualsThePlainComputation()
    {
        (byte[] first, byte[] second, byte[] third, SessionKeys client, SessionKeys relay) = Run();
        PlainNoise.Transcript plain = Plain();
        Assert.Equal(plain.First, first);
        Assert.Equal(plain.Second, second);
        Assert.Equal(plain.Third, third);
        Assert.Equal(plain.HandshakeHash, client.HandshakeHash);
        Assert.Equal(plain.HandshakeHash, relay.HandshakeHash);
        client.Dispose();
        relay.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(0x0102030405060708)]
    public void Frames_FixedKeys_EqualThePlainComputation(long streamId)
    {
        (_, _, _, SessionKeys client, SessionKeys relay) = Run();
        PlainNoise.Transcript plain = Plain();
        using FrameSealer up = client.CreateSealer(streamId);
        using FrameSealer down = relay.CreateSealer(streamId);
        for (ulong counter = 0; counter < 3; counter++)
        {
            byte[] header = [0, 0, 0, 22, 0];
            byte[] frame = new byte[FrameSealer.GetFrameSize(5)];
            up.Seal("hello"u8, frame);
            Assert.Equal([.. header, .. PlainNoise.Seal(PlainNoise.StreamKey(plain.ClientKey, streamId), counter, header, [.. "hello"u8])], frame);
            down.Seal("hello"u8, frame);
            Assert.Equal([.. header, .. PlainNoise.Seal(PlainNoise.StreamKey(plain.RelayKey, streamId), counter, header, [.. "hello"u8])], frame);
        }

        client.Dispose();
        relay.Dispose();
    }

    [Fact]
    public void Handshake_FixedKeys_KeepsItsBytes()
    {
        (byte[] first, byte[] second, byte[] third, SessionKeys client, SessionKeys relay) = Run();
        byte[] frame = new byte[FrameSealer.GetFrameSize(5)];
        using FrameSealer sealer = client.CreateSealer(4);
        sealer.Seal("hello"u8, frame);
        string bytes = string.Join('\n', new[] { SHA256.HashData(first), SHA256.HashData(second), third, client.HandshakeHash.ToArray(), frame }
            .Select(Convert.ToHexStringLower));
        Approved.Compare("Session/Handshake/Handshake.approved.txt", bytes + "\n");
        client.Dispose();
        relay.Dispose();
    }

    public void Dispose() => _fixture.Dispose();

    private (byte[] First, byte[] Second, byte[] Third, SessionKeys Client, SessionKeys Relay) Run()
    {
        using HandshakeInitiator initiator = _fixture.FixedInitiator();
        using HandshakeResponder responder = _fixture.FixedResponder();
        byte[] first = HandshakeFixture.First(initiator);
        byte[] second = HandshakeFixture.Second(responder, first);
        byte[] third = HandshakeFixture.Third(initiator, second, out SessionKeys client);
        Assert.True(responder.TryReadThird(third, out SessionKeys? relay));
        return (first, second, third, client, relay);
    }

    private PlainNoise.Transcript Plain()
    {
        using SecretBytes deviceEphemeral = HandshakeFixture.Secret(0x33, 32);
        using SecretBytes kemSeed = HandshakeFixture.Secret(0x44, MlKem768.SeedBytes);
        using SecretBytes relayEphemeral = HandshakeFixture.Secret(0x55, 32);
        return PlainNoise.Run(
            HandshakeFixture.Prologue, _fixture.DeviceKey.SecretKey, _fixture.RelayKey.SecretKey, deviceEphemeral, kemSeed, relayEphemeral);
    }
}

using System.Text;
using System.Text.Json;
using ZeroKSync.Cryptography;
using ZeroKSync.Session;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Session.Handshake;

/// <summary>
/// What another implementation says of the handshake: Tests/Vectors/Generators/noise/noise.mjs, in JavaScript over primitives of its own, with
/// the same fixed keys. Our side computes with its own primitives all through.
/// </summary>
public sealed class IndependentHandshakeTests : IDisposable
{
    private readonly HandshakeFixture _fixture = new();
    private readonly JsonElement _answers = KnownAnswers.Open("noise.json");

    [Fact]
    public void Messages_FixedKeys_AreTheOtherImplementations()
    {
        (byte[] first, byte[] second, byte[] third, SessionKeys client, SessionKeys relay) = Run();
        using (client)
        using (relay)
        {
            Assert.Equal(Answer("prologue"), HandshakeFixture.Prologue);
            Assert.Equal(Answer("device"), _fixture.DeviceKey.PublicKey);
            Assert.Equal(Answer("relay"), _fixture.RelayKey.PublicKey);
            Assert.Equal(Answer("first"), first);
            Assert.Equal(Answer("second"), second);
            Assert.Equal(Answer("third"), third);
            Assert.Equal(Answer("handshakeHash"), client.HandshakeHash);
            Assert.Equal(Answer("handshakeHash"), relay.HandshakeHash);
        }
    }

    [Fact]
    public void Frames_FixedKeys_AreTheOtherImplementations()
    {
        (_, _, _, SessionKeys client, SessionKeys relay) = Run();
        using (client)
        using (relay)
        {
            string[] messages = [.. _answers.GetProperty("messages").EnumerateArray().Select(message => message.GetString()!)];
            foreach (JsonElement stream in _answers.GetProperty("streams").EnumerateArray())
            {
                long id = long.Parse(stream.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
                bool isUp = stream.GetProperty("direction").GetString() == "up";
                using FrameSealer sealer = (isUp ? client : relay).CreateSealer(id);
                using FrameOpener opener = (isUp ? relay : client).CreateOpener(id);
                byte[][] frames = [.. stream.GetProperty("frames").EnumerateArray().Select(KnownAnswers.Bytes)];
                Assert.Equal(messages.Length, frames.Length);
                for (int i = 0; i < frames.Length; i++)
                {
                    byte[] message = Encoding.ASCII.GetBytes(messages[i]);
                    byte[] frame = new byte[FrameSealer.GetFrameSize(message.Length)];
                    sealer.Seal(message, frame);
                    Assert.Equal(frames[i], frame);
                    Assert.True(opener.TryOpenInPlace(frames[i], out ReadOnlyMemory<byte> opened));
                    Assert.Equal(message, opened.ToArray());
                }
            }
        }
    }

    // The second computation of HandshakeBytesTests knows the keys themselves, which a session never shows.
    [Fact]
    public void Keys_FixedKeys_AreTheOtherImplementations()
    {
        using SecretBytes deviceEphemeral = HandshakeFixture.Secret(0x33, 32);
        using SecretBytes kemSeed = HandshakeFixture.Secret(0x44, MlKem768.SeedBytes);
        using SecretBytes relayEphemeral = HandshakeFixture.Secret(0x55, 32);
        PlainNoise.Transcript plain = PlainNoise.Run(
            HandshakeFixture.Prologue, _fixture.DeviceKey.SecretKey, _fixture.RelayKey.SecretKey, deviceEphemeral, kemSeed, relayEphemeral);
        Assert.Equal(Answer("upKey"), plain.ClientKey);
        Assert.Equal(Answer("downKey"), plain.RelayKey);
        Assert.Equal(Answer("chainingKey"), plain.ChainingKey);
        foreach (JsonElement stream in _answers.GetProperty("streams").EnumerateArray())
        {
            long id = long.Parse(stream.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
            byte[] key = stream.GetProperty("direction").GetString() == "up" ? plain.ClientKey : plain.RelayKey;
            Assert.Equal(KnownAnswers.Bytes(stream, "key"), PlainNoise.StreamKey(key, id));
        }
    }

    public void Dispose() => _fixture.Dispose();

    private byte[] Answer(string name) => KnownAnswers.Bytes(_answers, name);

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
}

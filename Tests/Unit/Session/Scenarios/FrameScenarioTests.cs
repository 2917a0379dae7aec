using ZeroKSync.Protocol.Framing;
using ZeroKSync.Session;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Unit.Session.Handshake;

namespace ZeroKSync.Tests.Unit.Session.Scenarios;

/// <summary>The scenarios of sealed frames on their bytes: one valid frame, and what a network can make of it.</summary>
public sealed class FrameScenarioTests : IDisposable
{
    private readonly HandshakeFixture _fixture = new();
    private readonly SessionKeys _client;
    private readonly SessionKeys _relay;

    public FrameScenarioTests() => (_client, _relay) = _fixture.Run();

    [Fact]
    public void E_ENC_01_AnyBitFlipped_OpensNothing_AndTheRightFrameStillDoes()
    {
        using FrameSealer sealer = _client.CreateSealer(0);
        using FrameOpener opener = _relay.CreateOpener(0);
        byte[] frame = Seal(sealer, "a message"u8);
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            byte[] changed = [.. frame];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(opener.TryOpenInPlace(changed, out ReadOnlyMemory<byte> message), $"bit {bit}");
            Assert.True(message.IsEmpty);
            if (bit / 8 >= FrameHeader.Size)
                AssertZeros(opener, changed.AsSpan(FrameHeader.Size));
        }

        Assert.True(opener.TryOpenInPlace(frame, out ReadOnlyMemory<byte> opened));
        Assert.Equal("a message"u8, opened.Span);
    }

    [Fact]
    public void E_ENC_02_AnyTruncation_OpensNothing()
    {
        using FrameSealer sealer = _client.CreateSealer(0);
        using FrameOpener opener = _relay.CreateOpener(0);
        byte[] frame = Seal(sealer, "a message"u8);
        byte[] message = new byte[frame.Length];
        for (int length = 0; length < frame.Length; length++)
        {
            Assert.False(opener.TryOpenInPlace(frame.AsMemory(0, length).ToArray(), out _), $"length {length}");
            if (length >= FrameHeader.Size)
                Assert.False(opener.TryOpen(frame.AsSpan(FrameHeader.Size, length - FrameHeader.Size), message, out _), $"body of {length - FrameHeader.Size}");
        }

        Assert.False(opener.TryOpen([.. frame.AsSpan(FrameHeader.Size), 0], message, out _));
        Assert.True(opener.TryOpenInPlace(frame, out _));
    }

    [Fact]
    public void E_ENC_03_RepeatedReorderedOrMoved_OpensNothing_AndChangesNothing()
    {
        using FrameSealer sealer = _client.CreateSealer(0);
        using FrameOpener opener = _relay.CreateOpener(0);
        using FrameOpener otherStream = _relay.CreateOpener(4);
        using FrameSealer otherDirection = _relay.CreateSealer(0);
        byte[] first = Seal(sealer, "first"u8), second = Seal(sealer, "second"u8), third = Seal(sealer, "third"u8);

        AssertRefused(opener, second);
        AssertRefused(otherStream, first);
        AssertRefused(opener, Seal(otherDirection, "first"u8));
        Assert.True(opener.TryOpenInPlace(first.ToArray(), out _));
        AssertRefused(opener, first);
        AssertRefused(opener, third);
        Assert.True(opener.TryOpenInPlace(second.ToArray(), out _));
        Assert.True(opener.TryOpenInPlace(third.ToArray(), out ReadOnlyMemory<byte> opened));
        Assert.Equal("third"u8, opened.Span);
    }

    // The order of a stream is by counter, so the same message twice is two frames.
    [Fact]
    public void E_ENC_04_ManyFrames_NoTwoAreTheSame()
    {
        var seen = new HashSet<string>();
        foreach (long stream in new long[] { 0, 4, 8 })
        {
            using FrameSealer up = _client.CreateSealer(stream), down = _relay.CreateSealer(stream);
            for (int i = 0; i < 5000; i++)
            {
                Assert.True(seen.Add(Convert.ToHexString(Seal(up, default))));
                Assert.True(seen.Add(Convert.ToHexString(Seal(down, default))));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(3)]
    public void Keys_OfAStreamTwice_AreNeverGiven(long stream)
    {
        using FrameSealer sealer = _client.CreateSealer(stream);
        using FrameOpener opener = _client.CreateOpener(stream);
        Assert.Throws<InvalidOperationException>(() => _client.CreateSealer(stream));
        Assert.False(_client.TryCreateOpener(stream, out _));
        sealer.Dispose();
        Assert.Throws<InvalidOperationException>(() => _client.CreateSealer(stream));
    }

    [Fact]
    public void Keys_OfAStreamTooOldToTell_AreNeverGiven()
    {
        const long Step = 4;
        using FrameSealer early = _client.CreateSealer(Step);

        // So far on that the early one's place in the window was cleared for a number of now.
        using FrameSealer newest = _client.CreateSealer(Step * (StreamWindow.Width + 4));
        Assert.Throws<InvalidOperationException>(() => _client.CreateSealer(Step));
        using FrameSealer oldest = _client.CreateSealer(Step * 5);
        Assert.Throws<InvalidOperationException>(() => _client.CreateSealer(Step * 5));
    }

    [Fact]
    public void Counter_AtItsEnd_SealsAndOpensNothing()
    {
        byte[] key = new byte[FrameCipher.KeyBytes];
        using var sealer = new FrameSealer(new FrameCipher(key), FrameSealer.CounterEnd - 1);
        using var opener = new FrameOpener(new FrameCipher(key), FrameSealer.CounterEnd - 1);
        byte[] last = Seal(sealer, "last"u8);
        Assert.True(opener.TryOpenInPlace(last.ToArray(), out _));
        Assert.Throws<InvalidOperationException>(() => Seal(sealer, "beyond"u8));
        AssertRefused(opener, last);
    }

    public void Dispose()
    {
        _client.Dispose();
        _relay.Dispose();
        _fixture.Dispose();
    }

    private static byte[] Seal(FrameSealer sealer, ReadOnlySpan<byte> message)
    {
        byte[] frame = new byte[FrameSealer.GetFrameSize(message.Length)];
        sealer.Seal(message, frame);
        return frame;
    }

    private static void AssertRefused(FrameOpener opener, byte[] frame)
    {
        Assert.False(opener.TryOpenInPlace(frame.ToArray(), out ReadOnlyMemory<byte> message));
        Assert.True(message.IsEmpty);
    }

    // No part of a plaintext is left where an opener wrote.
    private static void AssertZeros(FrameOpener opener, ReadOnlySpan<byte> body)
    {
        byte[] message = new byte[body.Length];
        Assert.False(opener.TryOpen(body, message, out int length));
        Assert.Equal(0, length);
        Assert.All(message, value => Assert.Equal(0, value));
    }
}

using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Handshake;

/// <summary>E-HS-05: whatever happens to a message, the answer is one and the same, and no session comes of it.</summary>
public sealed class HostileHandshakeTests : IDisposable
{
    private readonly HandshakeFixture _fixture = new();

    // A KEM key has ten thousand bits that all take the same path: one bit of each byte there, every bit of the rest.
    [Fact]
    public void FirstMessage_AnyBitFlipped_GivesNoSession()
    {
        byte[] first = HandshakeFixture.First(_fixture.FixedInitiator());
        foreach (int bit in Bits(first.Length, everyBitBefore: 32))
        {
            using HandshakeInitiator initiator = _fixture.FixedInitiator();
            using HandshakeResponder responder = _fixture.FixedResponder();
            HandshakeFixture.First(initiator);
            byte[] second = new byte[HandshakeMessage.SecondBytes];
            bool answered = responder.TryReadFirst(Flip(first, bit)) && responder.TryWriteSecond(second);
            Assert.False(answered && initiator.TryReadSecond(second), $"bit {bit}");
        }
    }

    [Fact]
    public void SecondMessage_AnyBitFlipped_IsRefused()
    {
        byte[] second = HandshakeFixture.Second(_fixture.FixedResponder(), HandshakeFixture.First(_fixture.FixedInitiator()));
        foreach (int bit in Bits(second.Length, everyBitBefore: 32))
        {
            using HandshakeInitiator initiator = _fixture.FixedInitiator();
            HandshakeFixture.First(initiator);
            Assert.False(initiator.TryReadSecond(Flip(second, bit)), $"bit {bit}");
            Assert.False(initiator.TryReadSecond(second));
        }
    }

    [Fact]
    public void ThirdMessage_AnyBitFlipped_IsRefused()
    {
        using HandshakeInitiator initiator = _fixture.FixedInitiator();
        byte[] first = HandshakeFixture.First(initiator);
        byte[] third = HandshakeFixture.Third(initiator, HandshakeFixture.Second(_fixture.FixedResponder(), first), out SessionKeys keys);
        keys.Dispose();
        foreach (int bit in Bits(third.Length, everyBitBefore: third.Length))
        {
            using HandshakeResponder responder = _fixture.FixedResponder();
            HandshakeFixture.Second(responder, first);
            Assert.False(responder.TryReadThird(Flip(third, bit), out SessionKeys? none), $"bit {bit}");
            Assert.Null(none);
            Assert.False(responder.TryReadThird(third, out _));
        }
    }

    [Fact]
    public void AnyMessage_OfAnyOtherLength_IsRefused()
    {
        byte[] first = HandshakeFixture.First(_fixture.FixedInitiator());
        byte[] second = HandshakeFixture.Second(_fixture.FixedResponder(), first);
        for (int length = 0; length <= HandshakeMessage.FirstBytes + 1; length++)
        {
            if (length != HandshakeMessage.FirstBytes)
            {
                using HandshakeResponder responder = _fixture.FixedResponder();
                Assert.False(responder.TryReadFirst(Resize(first, length)));
            }
        }

        for (int length = 0; length <= HandshakeMessage.SecondBytes + 1; length += length < 80 || length > 1140 ? 1 : 17)
        {
            if (length != HandshakeMessage.SecondBytes)
            {
                using HandshakeInitiator initiator = _fixture.FixedInitiator();
                HandshakeFixture.First(initiator);
                Assert.False(initiator.TryReadSecond(Resize(second, length)));
            }
        }
    }

    [Fact]
    public void ThirdMessage_OfAnyOtherLength_IsRefused()
    {
        using HandshakeInitiator initiator = _fixture.FixedInitiator();
        byte[] first = HandshakeFixture.First(initiator);
        byte[] third = HandshakeFixture.Third(initiator, HandshakeFixture.Second(_fixture.FixedResponder(), first), out SessionKeys keys);
        keys.Dispose();
        for (int length = 0; length <= 2 * HandshakeMessage.ThirdBytes; length++)
        {
            if (length != HandshakeMessage.ThirdBytes)
            {
                using HandshakeResponder responder = _fixture.FixedResponder();
                HandshakeFixture.Second(responder, first);
                Assert.False(responder.TryReadThird(Resize(third, length), out _));
            }
        }
    }

    [Fact]
    public void Messages_ReplayedOrReordered_EndTheHandshake()
    {
        using HandshakeInitiator initiator = _fixture.Initiator();
        using HandshakeResponder responder = _fixture.Responder();
        byte[] first = HandshakeFixture.First(initiator);
        byte[] second = HandshakeFixture.Second(responder, first);
        byte[] third = HandshakeFixture.Third(initiator, second, out SessionKeys keys);
        keys.Dispose();

        // The first one twice; the third before the first; the third of another handshake; the second to another client, and twice.
        Assert.False(responder.TryReadFirst(first));
        Assert.False(responder.TryReadThird(third, out _));

        using HandshakeResponder early = _fixture.Responder();
        Assert.False(early.TryReadThird(third, out _));
        Assert.False(early.TryReadFirst(first));

        using HandshakeResponder other = _fixture.Responder();
        HandshakeFixture.Second(other, first);
        Assert.False(other.TryReadThird(third, out _));

        using HandshakeInitiator another = _fixture.Initiator();
        Assert.False(_fixture.Initiator().TryReadSecond(second));
        HandshakeFixture.First(another);
        Assert.False(another.TryReadSecond(second));
        Assert.False(initiator.TryReadSecond(second));
    }

    [Fact]
    public void SecondMessage_ReadTwice_EndsTheHandshake()
    {
        using HandshakeInitiator initiator = _fixture.Initiator();
        byte[] second = HandshakeFixture.Second(_fixture.Responder(), HandshakeFixture.First(initiator));
        Assert.True(initiator.TryReadSecond(second));
        Assert.False(initiator.TryReadSecond(second));
        Assert.Throws<InvalidOperationException>(() => initiator.TryWriteThird(new byte[HandshakeMessage.ThirdBytes], out _));
    }

    public void Dispose() => _fixture.Dispose();

    private static IEnumerable<int> Bits(int length, int everyBitBefore)
    {
        for (int at = 0; at < length; at++)
        {
            // The tags and what they cover of the static key stand at the end.
            bool isDense = at < everyBitBefore || (length == HandshakeMessage.SecondBytes && at >= length - 80);
            for (int bit = isDense ? 0 : at % 8; bit < (isDense ? 8 : (at % 8) + 1); bit++)
                yield return (at * 8) + bit;
        }
    }

    private static byte[] Flip(byte[] message, int bit)
    {
        byte[] changed = [.. message];
        changed[bit / 8] ^= (byte)(1 << (bit % 8));
        return changed;
    }

    private static byte[] Resize(byte[] message, int length)
    {
        byte[] resized = new byte[length];
        message.AsSpan(0, Math.Min(length, message.Length)).CopyTo(resized);
        return resized;
    }
}

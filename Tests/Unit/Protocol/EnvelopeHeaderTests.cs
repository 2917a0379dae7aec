using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Protocol;

public sealed class EnvelopeHeaderTests
{
    [Fact]
    public void Write_KnownValues_GivesTheGoldenBytes()
    {
        byte[] previous = [.. Enumerable.Repeat((byte)0xab, 32)];
        var header = new EnvelopeHeader(new KeyEpoch(0x01020304), new Sequence(0x05060708090a0b0c), SequenceLink.Read(previous));
        byte[] envelope = new byte[EnvelopeHeader.Size];

        header.Write(envelope);

        Assert.Equal(101, EnvelopeHeader.Size);
        Assert.Equal("01" + "01020304" + "05060708090a0b0c" + Convert.ToHexStringLower(previous), Convert.ToHexStringLower(envelope.AsSpan(0, EnvelopeHeader.NonceOffset)));
        Assert.True(EnvelopeHeader.TryRead(envelope, out EnvelopeHeader read));
        Assert.Equal(header, read);
    }

    [Fact]
    public void TryRead_TooShort_IsRefused()
    {
        byte[] envelope = new byte[EnvelopeHeader.Size];
        envelope[0] = EnvelopeHeader.Version;

        for (int length = 0; length < envelope.Length; length++)
            Assert.False(EnvelopeHeader.TryRead(envelope.AsSpan(0, length), out _));

        Assert.True(EnvelopeHeader.TryRead(envelope, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(255)]
    public void TryRead_AnotherVersion_IsRefused(byte version)
    {
        byte[] envelope = new byte[EnvelopeHeader.Size];
        envelope[0] = version;

        Assert.False(EnvelopeHeader.TryRead(envelope, out _));
    }
}

using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Tests.Unit.Protocol.MessagePack;

public sealed class MessagePackReaderTests
{
    public static TheoryData<ulong, string> Integers => new()
    {
        { 0, "00" },
        { 0x7f, "7f" },
        { 0x80, "cc80" },
        { 0xff, "ccff" },
        { 0x100, "cd0100" },
        { 0xffff, "cdffff" },
        { 0x1_0000, "ce00010000" },
        { 0xffff_ffff, "ceffffffff" },
        { 0x1_0000_0000, "cf0000000100000000" },
        { ulong.MaxValue, "cfffffffffffffffff" },
    };

    [Theory]
    [MemberData(nameof(Integers))]
    public void ReadUInt64_MinimalForm_RoundTrips(ulong value, string hex)
    {
        byte[] buffer = new byte[9];
        var writer = new MessagePackWriter(buffer);
        writer.WriteUInt(value);
        Assert.Equal(hex, Convert.ToHexStringLower(buffer.AsSpan(0, writer.Written)));

        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.Equal(value, reader.ReadUInt64());
        Assert.False(reader.Failed);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("cc7f")]
    [InlineData("cd00ff")]
    [InlineData("ce0000ffff")]
    [InlineData("cf00000000ffffffff")]
    [InlineData("d0ff")]
    [InlineData("c0")]
    [InlineData("cf00000001000000")]
    public void ReadUInt64_OtherForms_Fail(string hex)
    {
        var reader = new MessagePackReader(Convert.FromHexString(hex));

        reader.ReadUInt64();

        Assert.True(reader.Failed);
    }

    [Fact]
    public void ReadUInt32_AboveItsRange_Fails()
    {
        var reader = new MessagePackReader(Convert.FromHexString("cf0000000100000000"));

        reader.ReadUInt32();

        Assert.True(reader.Failed);
    }

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65_535, "c5ffff")]
    [InlineData(65_536, "c600010000")]
    public void ReadBinary_AtTheBordersOfTheHead_RoundTrips(int length, string head)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, (byte)0xa5);
        byte[] buffer = new byte[length + 5];
        var writer = new MessagePackWriter(buffer);
        writer.WriteBinary(bytes);
        Assert.Equal(head, Convert.ToHexStringLower(buffer.AsSpan(0, writer.Written - length)));

        var reader = new MessagePackReader(buffer.AsMemory(0, writer.Written));
        Assert.True(reader.ReadBinary(length).Span.SequenceEqual(bytes));
        Assert.False(reader.Failed);

        var bounded = new MessagePackReader(buffer.AsMemory(0, writer.Written));
        bounded.ReadBinary(length - 1);
        Assert.True(bounded.Failed);
    }

    [Theory]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(65_536, "db00010000")]
    public void ReadString_AtTheBordersOfTheHead_RoundTrips(int length, string head)
    {
        string text = new('x', length);
        byte[] buffer = new byte[length + 5];
        var writer = new MessagePackWriter(buffer);
        writer.WriteString(text);
        Assert.Equal(head, Convert.ToHexStringLower(buffer.AsSpan(0, writer.Written - length)));

        var reader = new MessagePackReader(buffer.AsMemory(0, writer.Written));
        Assert.Equal(text, reader.ReadString(length));
        Assert.False(reader.Failed);
    }

    [Theory]
    [InlineData(15, "9f")]
    [InlineData(16, "dc0010")]
    [InlineData(65_535, "dcffff")]
    [InlineData(65_536, "dd00010000")]
    public void WriteArrayHeader_AtTheBordersOfTheHead_IsMinimal(int count, string head)
    {
        byte[] buffer = new byte[5];
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(count);

        Assert.Equal(head, Convert.ToHexStringLower(buffer.AsSpan(0, writer.Written)));
    }

    [Fact]
    public void Failed_OnceSet_StaysAndReadsNothing()
    {
        var reader = new MessagePackReader(new byte[] { 0xc0, 0x01, 0x02 });

        Assert.False(reader.ReadBool());
        Assert.Equal(0UL, reader.ReadUInt64());

        Assert.True(reader.Failed);
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Measuring_CountsWhatWritingTakes()
    {
        var measuring = MessagePackWriter.Measuring();
        byte[] buffer = new byte[64];
        var writing = new MessagePackWriter(buffer);

        Write(ref measuring);
        Write(ref writing);

        Assert.Equal(writing.Written, measuring.Written);

        static void Write(ref MessagePackWriter writer)
        {
            writer.WriteArrayHeader(3);
            writer.WriteUInt(300);
            writer.WriteString("é");
            writer.WriteBytes32(default);
            writer.WriteOptionalString(null);
        }
    }
}

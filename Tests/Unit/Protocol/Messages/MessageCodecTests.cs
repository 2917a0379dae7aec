using ZeroKSync.Protocol;
using ZeroKSync.Protocol.MessagePack;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit.Protocol.Messages;

namespace ZeroKSync.Tests.Unit.Protocol.Messages;

public sealed class MessageCodecTests
{
    private const int Seeds = 60;

    [Fact]
    public void Encode_EveryMessage_GivesTheGoldenBytes()
    {
        IEnumerable<string> lines = new MessageSource(new CountingValues()).All().Select(c => $"{c.Code} {Convert.ToHexStringLower(c.Encode())}");

        Approved.Compare("Protocol/Messages/Messages.approved.txt", string.Join('\n', lines) + "\n");
    }

    [Fact]
    public void MessageSource_CoversEveryCode()
    {
        var covered = new MessageSource(new CountingValues()).All().Select(c => c.Code).ToHashSet();

        Assert.Equal(Enum.GetValues<MessageCode>().ToHashSet(), covered);
    }

    [Fact]
    public void TryDecode_GeneratedValues_RoundTrip()
    {
        foreach ((int seed, MessageCase message) in Generated())
        {
            byte[] bytes = message.Encode();
            Assert.True(MessageCodec.TryReadCode(bytes, out MessageCode code) && code == message.Code, $"seed {seed}, {message.Code}");
            Assert.True(message.DecodeAndEncode(bytes) is { } again && again.AsSpan().SequenceEqual(bytes), $"seed {seed}, {message.Code}");
        }
    }

    [Fact]
    public void TryDecode_EveryProperPrefix_IsRefused()
    {
        foreach (MessageCase message in new MessageSource(new CountingValues()).All())
        {
            byte[] bytes = message.Encode();
            for (int length = 0; length < bytes.Length; length++)
                Assert.True(message.DecodeAndEncode(bytes.AsMemory(0, length)) is null, $"{message.Code} cut at {length}");
        }
    }

    [Fact]
    public void TryDecode_BytesAfterTheArray_IsRefused()
    {
        foreach (MessageCase message in new MessageSource(new CountingValues()).All())
            Assert.True(message.DecodeAndEncode((byte[])[.. message.Encode(), 0]) is null, $"{message.Code}");
    }

    [Fact]
    public void TryDecode_ExtraTrailingElements_AreTaken()
    {
        byte[] extras = [0xc0, 0xc3, 0x07, 0xc4, 0x02, 0x01, 0x02, 0xa1, 0x78, 0x92, 0x01, 0x91, 0xcd, 0x01, 0x00];
        const int ExtraCount = 6;
        foreach (MessageCase message in new MessageSource(new CountingValues()).All())
        {
            byte[] bytes = message.Encode();
            byte[] longer = [.. Header(1 + message.FieldCount + ExtraCount), .. bytes.AsSpan(1), .. extras];
            Assert.True(message.DecodeAndEncode(longer) is { } again && again.AsSpan().SequenceEqual(bytes), $"{message.Code}");
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x80 })] // map
    [InlineData(new byte[] { 0xca, 0, 0, 0, 0 })] // float
    [InlineData(new byte[] { 0xd4, 1, 0 })] // extension
    [InlineData(new byte[] { 0xcc, 0x05 })] // integer that is not minimal
    [InlineData(new byte[] { 0xff })] // negative
    [InlineData(new byte[] { 0xc5, 0x00, 0x01, 0x00 })] // bin head that is not minimal
    [InlineData(new byte[] { 0xd9, 0x01, 0x78 })] // str head that is not minimal
    [InlineData(new byte[] { 0xdc, 0x00, 0x01, 0x00 })] // array head that is not minimal
    [InlineData(new byte[] { 0xa1, 0xff })] // not UTF-8
    [InlineData(new byte[] { 0xc1 })] // never used
    public void TryDecode_ExtraElementTheWireForbids_IsRefused(byte[] extra)
    {
        byte[] bytes = [0x92, (byte)MessageCode.Done, .. extra];

        Assert.False(MessageCodec.TryDecode<Done>(bytes, out _));
    }

    [Fact]
    public void TryDecode_ExtraNestedWithoutEnd_IsRefused()
    {
        byte[] bytes = [0x92, (byte)MessageCode.Done, .. Enumerable.Repeat((byte)0x91, 200), 0xc0];

        Assert.False(MessageCodec.TryDecode<Done>(bytes, out _));
    }

    [Fact]
    public void TryDecode_AnotherCode_IsRefused()
    {
        byte[] bytes = MessageCodec.Encode(new Ack(new Cursor(7)));

        Assert.False(MessageCodec.TryDecode<Subscribe>(bytes, out _));
    }

    [Fact]
    public void TryDecode_ClaimedCountBeyondTheBytes_AllocatesLittle()
    {
        // 1000 entries are within the bound, yet nothing follows that could hold them.
        byte[] bytes = [0x96, (byte)MessageCode.PullResponse, 0xdc, 0x03, 0xe8, .. new byte[200]];
        Assert.False(MessageCodec.TryDecode<PullResponse>(bytes, out _));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            MessageCodec.TryDecode<PullResponse>(bytes, out _);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 256);
    }

    [Fact]
    public void TryDecode_MutatedBytes_NeverThrowsNorAllocatesBeyondTheInput()
    {
        foreach ((int seed, MessageCase message) in Generated())
        {
            byte[] original = message.Encode();
            var random = new Random(seed);
            for (int round = 0; round < 20; round++)
            {
                byte[] mutated = [.. original];
                for (int change = random.Next(1, 4); change > 0; change--)
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);

                long before = GC.GetAllocatedBytesForCurrentThread();
                message.DecodeAndEncode(mutated);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

                // Decoded elements are wider than their bytes, and what decodes is encoded again.
                Assert.True(allocated <= (mutated.Length * 8L) + 8192, $"seed {seed}, {message.Code}: {allocated} bytes for {mutated.Length}");
            }
        }
    }

    [Fact]
    public void TryDecode_ChainAboveItsBound_IsRefused()
    {
        var statement = new SignedStatement(new byte[Limits.StatementBytes], new byte[Limits.SignatureBytes]);
        Hello Hello(int statements) => new(1, default, default, default, [.. Enumerable.Repeat(statement, statements)], new byte[64], null, default, null, HelloFlags.None);

        Assert.True(MessageCodec.TryDecode<Hello>(MessageCodec.Encode(Hello(3)), out _));
        Assert.False(MessageCodec.TryDecode<Hello>(MessageCodec.Encode(Hello(4)), out _));
    }

    [Fact]
    public void TryDecode_ValuesOutOfTheirRange_AreRefused()
    {
        byte[] away = MessageCodec.Encode(new Presence(PresenceStatus.Active));
        away[^1] = 2;
        Assert.False(MessageCodec.TryDecode<Presence>(away, out _));

        byte[] largest = MessageCodec.Encode(new Push(default, default, default, default, 0, new byte[Limits.EnvelopeBytes]));
        byte[] larger = MessageCodec.Encode(new Push(default, default, default, default, 0, new byte[Limits.EnvelopeBytes + 1]));
        Assert.True(MessageCodec.TryDecode<Push>(largest, out _));
        Assert.False(MessageCodec.TryDecode<Push>(larger, out _));
    }

    private static IEnumerable<(int Seed, MessageCase Message)> Generated() =>
        from seed in Enumerable.Range(1, Seeds)
        from message in new MessageSource(new RandomValues(seed)).All()
        select (seed, message);

    private static byte[] Header(int count)
    {
        byte[] header = new byte[5];
        var writer = new MessagePackWriter(header);
        writer.WriteArrayHeader(count);
        return header[..writer.Written];
    }
}

using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Unit.Session.Rekey;

namespace ZeroKSync.Tests.Unit.Session.Streams;

/// <summary>Messages that are sent together share a frame, and come out of it one by one.</summary>
public sealed class SharedFrameTests : IDisposable
{
    private const long Upload = 4;

    private readonly RekeyPair _pair = new();
    private readonly MemoryPipe _client;
    private readonly MemoryPipe _relay;

    public SharedFrameTests() => (_client, _relay) = _pair.Open(Upload);

    [Fact]
    public async Task Flush_MessagesAppendedBefore_ShareAFrame()
    {
        for (ulong i = 1; i <= 3; i++)
            _client.Append(new Ack(new Cursor(i)));

        await FlushAsync();

        Assert.Single(FramesOf(_client));
        for (ulong i = 1; i <= 3; i++)
            Assert.Equal(i, (await NextAsync<Ack>()).Cursor.Value);
    }

    [Fact]
    public async Task Flush_MoreThanAFrameIsSharedBy_TakesTheNext()
    {
        const int Messages = 100;
        for (ulong i = 1; i <= Messages; i++)
            _client.Append(PushOf(i, envelopeBytes: 1000));

        await FlushAsync();

        // The first message that does not fit begins the next.
        int each = MessageCodec.GetEncodedSize(PushOf(Messages, envelopeBytes: 1000));
        Assert.All(FramesOf(_client), bytes => Assert.InRange(bytes, each, 16 << 10));
        Assert.Equal((Messages + (FramePipe.SharedBytesMax / each) - 1) / (FramePipe.SharedBytesMax / each), FramesOf(_client).Count);
        for (ulong i = 1; i <= Messages; i++)
            Assert.Equal(i, (await NextAsync<Push>()).SenderSeq.Value);
    }

    [Fact]
    public async Task Append_LongMessage_HasAFrameOfItsOwn()
    {
        _client.Append(new Ack(new Cursor(1)));
        _client.Append(PushOf(2, envelopeBytes: 40_000));
        _client.Append(new Ack(new Cursor(3)));

        await FlushAsync();

        Assert.Equal(3, FramesOf(_client).Count);
        Assert.Equal(1UL, (await NextAsync<Ack>()).Cursor.Value);
        Assert.Equal(2UL, (await NextAsync<Push>()).SenderSeq.Value);
        Assert.Equal(3UL, (await NextAsync<Ack>()).Cursor.Value);
    }

    [Fact]
    public async Task Append_MessageNoFrameCanCarry_LeavesTheOthersAsTheyAre()
    {
        _client.Append(new Ack(new Cursor(1)));

        Assert.Throws<ArgumentOutOfRangeException>(() => _client.Append(PushOf(2, envelopeBytes: Limits.FrameBytes)));

        await FlushAsync();
        Assert.Equal(1UL, (await NextAsync<Ack>()).Cursor.Value);
    }

    // The next bytes are read into the memory that the frame lies in.
    [Fact]
    public async Task Fill_BeforeAllMessagesWereTaken_KeepsThem()
    {
        for (ulong i = 1; i <= 3; i++)
            _client.Append(new Ack(new Cursor(i)));

        await FlushAsync();
        Assert.Equal(1UL, (await NextAsync<Ack>()).Cursor.Value);

        _client.Append(PushOf(4, envelopeBytes: 10_000));
        await FlushAsync();
        Assert.True(await _relay.TryFillAsync(Bounded.Token()));

        Assert.Equal(2UL, (await NextAsync<Ack>()).Cursor.Value);
        Assert.Equal(3UL, (await NextAsync<Ack>()).Cursor.Value);
        Assert.Equal(4UL, (await NextAsync<Push>()).SenderSeq.Value);
    }

    // What follows a message and is none is no part of it: it comes by itself, whole, and nobody can take it for one.
    [Theory]
    [InlineData(new byte[] { 0xc1 })]
    [InlineData(new byte[] { 0x92, 0x05 })]
    [InlineData(new byte[] { 0xdd, 0xff, 0xff, 0xff, 0xff })]
    public async Task Receive_MessageAndWhatIsNone_GivesBoth(byte[] junk)
    {
        using var other = new RekeyPair();
        (MemoryPipe road, MemoryPipe relay) = MemoryPipe.Pair(other.Client, _pair.Relay, Upload + 4);
        using FrameSealer sealer = _pair.Client.Keys.CreateSealer(Upload + 4);
        byte[] messages = [.. MessageCodec.Encode(new Ack(new Cursor(1))), .. junk];
        byte[] frame = new byte[FrameSealer.GetFrameSize(messages.Length)];
        sealer.Seal(messages, frame);
        road.Inject(frame);

        Assert.True(MessageCodec.TryDecode(await RekeyPair.NextAsync(relay), out Ack? _));
        Assert.Equal(junk, await RekeyPair.NextAsync(relay));
        Assert.Equal(FrameStatus.Incomplete, relay.Receive(Limits.FrameBytes, out _));
    }

    public void Dispose() => _pair.Dispose();

    private static Push PushOf(ulong sequence, int envelopeBytes) =>
        new(BlobId.Read(new byte[BlobId.Size]), default, new Sequence(sequence), new Sequence(sequence), 60, new byte[envelopeBytes]);

    private async Task FlushAsync() => await _client.FlushAsync(endStream: false, Bounded.Token());

    private async Task<T> NextAsync<T>()
        where T : class, IMessage<T> =>
        MessageCodec.TryDecode(await RekeyPair.NextAsync(_relay), out T? message) ? message : throw new InvalidOperationException("Not what was sent.");

    // The length of each frame that was written.
    private static List<int> FramesOf(MemoryPipe pipe)
    {
        byte[] bytes = [.. pipe.Written.SelectMany(written => written)];
        var frames = new List<int>();
        for (int at = 0; at < bytes.Length; at += frames[^1])
        {
            Assert.True(FrameHeader.TryRead(bytes.AsSpan(at), Limits.FrameBytes, out int length));
            frames.Add(FrameHeader.Size + length);
        }

        return frames;
    }
}

using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Unit.Session.Rekey;

namespace ZeroKSync.Tests.Unit.Session.Streams;

/// <summary>Pushes that are sent together share a frame, as their answers do, and come out of it one by one.</summary>
public sealed class SharedFrameTests : IDisposable
{
    private const long Upload = 4;

    private readonly RekeyPair _pair = new();
    private readonly MemoryPipe _client;
    private readonly MemoryPipe _relay;
    private long _nextStream = Upload + 4;

    public SharedFrameTests() => (_client, _relay) = _pair.Open(Upload);

    [Fact]
    public async Task Flush_MessagesAppendedBefore_ShareAFrame()
    {
        for (ulong i = 1; i <= 3; i++)
            _client.Append(AckOf(i));

        await FlushAsync();

        Assert.Single(FramesOf(_client));
        for (ulong i = 1; i <= 3; i++)
            Assert.Equal(i, (await NextAsync<PushAck>()).Cursor.Value);
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
        _client.Append(AckOf(1));
        _client.Append(PushOf(2, envelopeBytes: 40_000));
        _client.Append(AckOf(3));

        await FlushAsync();

        Assert.Equal(3, FramesOf(_client).Count);
        Assert.Equal(1UL, (await NextAsync<PushAck>()).Cursor.Value);
        Assert.Equal(2UL, (await NextAsync<Push>()).SenderSeq.Value);
        Assert.Equal(3UL, (await NextAsync<PushAck>()).Cursor.Value);
    }

    [Fact]
    public async Task Append_MessageNoFrameCanCarry_LeavesTheOthersAsTheyAre()
    {
        _client.Append(AckOf(1));

        Assert.Throws<ArgumentOutOfRangeException>(() => _client.Append(PushOf(2, envelopeBytes: Limits.FrameBytes)));

        await FlushAsync();
        Assert.Equal(1UL, (await NextAsync<PushAck>()).Cursor.Value);
    }

    // The next bytes are read into the memory that the frame lies in.
    [Fact]
    public async Task Fill_BeforeAllMessagesWereTaken_KeepsThem()
    {
        for (ulong i = 1; i <= 3; i++)
            _client.Append(AckOf(i));

        await FlushAsync();
        Assert.Equal(1UL, (await NextAsync<PushAck>()).Cursor.Value);

        _client.Append(PushOf(4, envelopeBytes: 10_000));
        await FlushAsync();
        Assert.True(await _relay.TryFillAsync(Bounded.Token()));

        Assert.Equal(2UL, (await NextAsync<PushAck>()).Cursor.Value);
        Assert.Equal(3UL, (await NextAsync<PushAck>()).Cursor.Value);
        Assert.Equal(4UL, (await NextAsync<Push>()).SenderSeq.Value);
    }

    // What follows a message and is none is no part of it: it comes by itself, whole, and nobody can take it for one.
    [Theory]
    [InlineData(new byte[] { 0xc1 })]
    [InlineData(new byte[] { 0x92, 0x05 })]
    [InlineData(new byte[] { 0xdd, 0xff, 0xff, 0xff, 0xff })]
    public async Task Receive_MessageAndWhatIsNone_GivesBoth(byte[] junk)
    {
        MemoryPipe relay = Inject([.. MessageCodec.Encode(AckOf(1)), .. junk]);

        Assert.True(MessageCodec.TryDecode(await RekeyPair.NextAsync(relay), out PushAck? _));
        Assert.Equal(junk, await RekeyPair.NextAsync(relay));
        Assert.Equal(FrameStatus.Incomplete, relay.Receive(Limits.FrameBytes, out _));
    }

    [Fact]
    public async Task Append_MessageOfAnotherKind_HasAFrameOfItsOwn()
    {
        _client.Append(AckOf(1));
        _client.Append(new Ack(new Cursor(2)));
        _client.Append(new Ack(new Cursor(3)));
        _client.Append(AckOf(4));
        _client.Append(AckOf(5));

        await FlushAsync();

        Assert.Equal(4, FramesOf(_client).Count);
        Assert.Equal(1UL, (await NextAsync<PushAck>()).Cursor.Value);
        Assert.Equal(2UL, (await NextAsync<Ack>()).Cursor.Value);
        Assert.Equal(3UL, (await NextAsync<Ack>()).Cursor.Value);
        Assert.Equal(4UL, (await NextAsync<PushAck>()).Cursor.Value);
        Assert.Equal(5UL, (await NextAsync<PushAck>()).Cursor.Value);
    }

    // Many in one frame would be many refusals for the price of one.
    [Fact]
    public async Task Receive_ManyMessagesThatShareNoFrame_AreOneThatNobodyTakes()
    {
        byte[] acks = [.. MessageCodec.Encode(new Ack(new Cursor(1))), .. MessageCodec.Encode(new Ack(new Cursor(2)))];

        Assert.Equal(acks, await ReceiveSealedAsync(acks));
        Assert.Equal(new byte[10_000], await ReceiveSealedAsync(new byte[10_000]));
    }

    // It waits for its flush where the session changes its keys; it tells of the move, so no empty frame follows it.
    [Fact]
    public async Task Move_WithASharedFrameThatWaits_SendsItUnderTheNewKeys()
    {
        _client.Append(AckOf(1));

        await _pair.RekeyAsync();

        Assert.Single(FramesOf(_client));
        Assert.Equal(1UL, (await NextAsync<PushAck>()).Cursor.Value);
        Assert.Equal(1, _relay.Heard.Epoch);
    }

    public void Dispose() => _pair.Dispose();

    // A frame with these bytes, on a stream of its own.
    private MemoryPipe Inject(byte[] messages)
    {
        using var other = new RekeyPair();
        (MemoryPipe road, MemoryPipe relay) = MemoryPipe.Pair(other.Client, _pair.Relay, _nextStream);
        using FrameSealer sealer = _pair.Client.Keys.CreateSealer(_nextStream);
        _nextStream += 4;
        byte[] frame = new byte[FrameSealer.GetFrameSize(messages.Length)];
        sealer.Seal(messages, frame);
        road.Inject(frame);
        return relay;
    }

    private async Task<byte[]?> ReceiveSealedAsync(byte[] messages) => await RekeyPair.NextAsync(Inject(messages));

    private static PushAck AckOf(ulong cursor) => new(default, new Cursor(cursor), 0, Duplicate: false);

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

using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Unit.Transport.WebSocket;

public sealed class MultiplexerTests
{
    [Fact]
    public async Task Fill_StreamWithoutCredit_DoesNotHoldUpTheOthers()
    {
        var pair = new MultiplexerPair(listener: MultiplexerPair.Options(streamWindow: 1024, connectionWindow: 8192));
        WebSocketStream stuck = pair.Open();
        WebSocketStream free = pair.Open();
        MultiplexerPair.Write(stuck, new byte[4000]);
        MultiplexerPair.Write(free, [1, 2, 3], isEnd: true);
        pair.Settle();

        Assert.NotNull(pair.Listener.Accept());
        Assert.Equal(3, await ReadAsync(pair.Listener.Accept()!));
        Assert.False(pair.Client.IsFlushed);
    }

    [Fact]
    public void Fill_LargeWrites_StreamsTakeTurns()
    {
        var pair = new MultiplexerPair(listener: MultiplexerPair.Options(streamWindow: 1 << 16, connectionWindow: 1 << 18));
        WebSocketStream first = pair.Open();
        WebSocketStream second = pair.Open();
        MultiplexerPair.Write(first, new byte[1 << 16], isEnd: true);
        MultiplexerPair.Write(second, [1], isEnd: true);

        // The large one goes first and to the end of the line with what does not fit.
        Assert.True(pair.Move(pair.Client, pair.Listener));
        Assert.True(pair.Move(pair.Client, pair.Listener));

        Assert.Equal(first.Id, pair.Listener.Accept()!.Id);
        Assert.Equal(second.Id, pair.Listener.Accept()!.Id);
    }

    [Fact]
    public void Open_BeyondMaxWaitingOpens_Throws()
    {
        var pair = new MultiplexerPair(client: MultiplexerPair.Options(waitingOpens: 2), listener: MultiplexerPair.Options(bidirectional: 1));
        pair.Open();
        Assert.Null(pair.Client.Open(StreamDirection.Bidirectional, out WaitingOpen? waiting));
        Assert.Null(pair.Client.Open(StreamDirection.Bidirectional, out _));

        var exception = Assert.Throws<TransportException>(() => pair.Client.Open(StreamDirection.Bidirectional, out _));

        Assert.Equal(TransportErrorKind.LimitReached, exception.Kind);
        Assert.True(pair.Client.TryCancel(StreamDirection.Bidirectional, waiting!));
        Assert.False(pair.Client.TryCancel(StreamDirection.Bidirectional, waiting!));
        Assert.Null(pair.Client.Open(StreamDirection.Bidirectional, out _));
    }

    [Fact]
    public async Task Open_Waiting_GetsItsStreamWhenOneIsOver()
    {
        var pair = new MultiplexerPair(listener: MultiplexerPair.Options(bidirectional: 1));
        WebSocketStream first = pair.Open();
        Assert.Null(pair.Client.Open(StreamDirection.Bidirectional, out WaitingOpen? waiting));
        MultiplexerPair.Write(first, [1], isEnd: true);
        pair.Settle();
        await pair.Listener.Accept()!.DisposeAsync();
        Assert.False(waiting!.Completion.Task.IsCompleted);

        pair.Settle();

        Assert.Equal(4L, (await waiting.Completion.Task.Within()).Id);
    }

    [Fact]
    public async Task AbortRead_BytesUnread_AreCreditAgain()
    {
        var pair = new MultiplexerPair(listener: MultiplexerPair.Options(streamWindow: 4096, connectionWindow: 4096));
        WebSocketStream first = pair.Open();
        MultiplexerPair.Write(first, new byte[4096]);
        pair.Settle();
        WebSocketStream second = pair.Open();
        MultiplexerPair.Write(second, [1]);
        pair.Settle();
        await pair.Listener.Accept()!.DisposeAsync();
        pair.Settle();

        Assert.Equal(1, await ReadAsync(pair.Listener.Accept()!));
    }

    [Fact]
    public async Task Finish_ByThePeer_LeavesWhatArrivedReadable()
    {
        var pair = new MultiplexerPair();
        WebSocketStream stream = pair.Open();
        MultiplexerPair.Write(stream, [1, 2], isEnd: true);
        pair.Move(pair.Client, pair.Listener);
        pair.Client.Finish(new TransportCloseReason(TransportErrorKind.ClosedLocally, 7, "done", IsPeer: false));
        pair.Settle();

        Assert.Equal(new TransportCloseReason(TransportErrorKind.ClosedByPeer, 7, "done", IsPeer: true), pair.Listener.Reason);
        WebSocketStream arrived = pair.Listener.Accept()!;
        Assert.Equal(2, await ReadAsync(arrived));
        Assert.Equal(0, await ReadAsync(arrived));
    }

    /// <summary>Random schedules of writes, reads, resets and messages: every byte arrives once and in order, and no honest end is accused.</summary>
    [Fact]
    public async Task Streams_RandomSchedules_CarryEveryByteInOrder()
    {
        for (int seed = 0; seed < 200; seed++)
            await new RandomSchedule(seed).RunAsync(Bounded.Token());
    }

    private static Task<int> ReadAsync(WebSocketStream stream) => stream.ReadAsync(new byte[10], Bounded.Token()).Within();
}

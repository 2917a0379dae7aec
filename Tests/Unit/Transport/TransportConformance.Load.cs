using System.Security.Cryptography;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.Transport;

/// <summary>Crowds, large amounts, exact limits, and waits that are given up.</summary>
public abstract partial class TransportConformance
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") == "1";

    [Theory]
    [InlineData(StreamDirection.Bidirectional, true)]
    [InlineData(StreamDirection.Bidirectional, false)]
    [InlineData(StreamDirection.Unidirectional, true)]
    [InlineData(StreamDirection.Unidirectional, false)]
    public async Task Streams_EachDirectionFromEachEnd_ArriveInOrderWithTheSameIds(StreamDirection direction, bool isFromClient)
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        (TransportConnection opener, TransportConnection accepter) = isFromClient ? (client, server) : (server, client);
        long kind = (direction == StreamDirection.Unidirectional ? 2 : 0) + (isFromClient ? 0 : 1);

        for (byte i = 0; i < 5; i++)
        {
            TransportStream mine = await opener.OpenStreamAsync(direction, Token);
            await mine.WriteAsync(new[] { i }, endStream: true, Token);
            TransportStream theirs = (await accepter.AcceptStreamAsync(Token))!;

            Assert.Equal((i * 4) + kind, mine.Id);
            Assert.Equal((mine.Id, direction), (theirs.Id, theirs.Direction));
            Assert.Equal([i], await ReadAllAsync(theirs));
        }
    }

    [Fact]
    public async Task Streams_ThousandsOverASmallLimit_AllAreServed()
    {
        const int Count = 3000;
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync(bidirectional: 16));
        Task serving = EchoAsync(server);

        await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
        {
            await using TransportStream stream = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
            byte[] bytes = BitConverter.GetBytes(i);
            await stream.WriteAsync(bytes, endStream: true, Token);
            Assert.Equal(bytes, await ReadAllAsync(stream));
        })).Within();

        Assert.Equal(Count, client.Statistics.StreamsOpened);
        await client.CloseAsync(0, string.Empty, Token);
        await serving.Within();
    }

    [Fact]
    public async Task Streams_LargeAmountsBothWaysAtOnce_ArriveWhole()
    {
        int size = (IsLong ? 100 : 16) << 20;
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await mine.WriteAsync(new byte[1], cancellationToken: Token);
        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;
        await theirs.ReadAsync(new byte[1], Token);
        byte[] up = RandomNumberGenerator.GetBytes(size);
        byte[] down = RandomNumberGenerator.GetBytes(size);

        Task writingUp = mine.WriteAsync(up, endStream: true, Token).AsTask();
        Task writingDown = theirs.WriteAsync(down, endStream: true, Token).AsTask();
        byte[][] received = await Task.WhenAll(Task.Run(() => ReadAllAsync(theirs)), Task.Run(() => ReadAllAsync(mine))).Within();

        await Task.WhenAll(writingUp, writingDown).Within();
        Assert.Equal(SHA256.HashData(up), SHA256.HashData(received[0]));
        Assert.Equal(SHA256.HashData(down), SHA256.HashData(received[1]));
    }

    [Fact]
    public async Task ReadAsync_LittleOnEachOfManyOpenStreams_GivesTheConnectionsCreditBack()
    {
        const int Streams = 100;
        const int StreamWindow = 64 << 10;
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync(streamWindow: StreamWindow, connectionWindow: 4 * StreamWindow));

        // Each is read to the last byte and stays open; no stream alone comes near its window, all together use the connection's more than twice.
        byte[] sent = RandomNumberGenerator.GetBytes(7 << 10);
        for (int i = 0; i < Streams; i++)
        {
            TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
            await mine.WriteAsync(sent, cancellationToken: Token);
            TransportStream theirs = (await server.AcceptStreamAsync(Token).AsTask().Within())!;
            byte[] received = new byte[sent.Length];
            for (int read = 0; read < received.Length;)
                read += await theirs.ReadAsync(received.AsMemory(read), Token).AsTask().Within();

            Assert.Equal(sent, received);
        }
    }

    [Fact]
    public async Task ReadAsync_GivenUp_LosesNothing()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await mine.WriteAsync(new byte[] { 1 }, cancellationToken: Token);
        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;
        Assert.Equal(1, await theirs.ReadAsync(new byte[8], Token));

        for (int i = 0; i < 50; i++)
        {
            using var giveUp = new CancellationTokenSource();
            Task<int> reading = theirs.ReadAsync(new byte[8], giveUp.Token).AsTask();
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Within());
        }

        await mine.WriteAsync(new byte[] { 2, 3 }, endStream: true, Token);
        Assert.Equal([2, 3], await ReadAllAsync(theirs));
    }

    [Fact]
    public async Task AcceptStreamAsync_GivenUp_LosesNoStream()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        using var giveUp = new CancellationTokenSource();
        Task<TransportStream?> accepting = server.AcceptStreamAsync(giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.Within());

        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Unidirectional, Token);
        await mine.WriteAsync(new byte[] { 9 }, endStream: true, Token);

        Assert.Equal([9], await ReadAllAsync((await server.AcceptStreamAsync(Token))!));
    }

    [Fact]
    public async Task WriteAsync_SlowReader_OtherStreamsGoOn()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream slow = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        byte[] sent = RandomNumberGenerator.GetBytes(3 << 20);
        Task stuck = slow.WriteAsync(sent, endStream: true, Token).AsTask();
        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;

        for (byte i = 0; i < 20; i++)
        {
            TransportStream quick = await client.OpenStreamAsync(StreamDirection.Unidirectional, Token);
            await quick.WriteAsync(new[] { i }, endStream: true, Token);
            Assert.Equal([i], await ReadAllAsync((await server.AcceptStreamAsync(Token))!));
        }

        Assert.False(stuck.IsCompleted);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await ReadAllAsync(theirs)));
        await stuck.Within();
    }

    [Fact]
    public async Task AbortRead_PeerWriting_FailsTheWriterAndTheOtherDirectionGoesOn()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await mine.WriteAsync(new byte[] { 1 }, cancellationToken: Token);
        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;
        theirs.AbortRead(7);

        await theirs.WriteAsync(new byte[] { 4, 5 }, endStream: true, Token);

        Assert.Equal([4, 5], await ReadAllAsync(mine));
    }

    [Fact]
    public async Task CloseAsync_FromTheListenersEnd_ReachesTheClientWithItsCode()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await mine.WriteAsync(new byte[] { 1 }, cancellationToken: Token);
        Task<int> reading = mine.ReadAsync(new byte[1], Token).AsTask();

        await server.CloseAsync(1234, "over", Token);

        TransportCloseReason reason = await client.Closed.Within();
        Assert.Equal((TransportErrorKind.ClosedByPeer, 1234L, CarriesCloseReason ? "over" : string.Empty), (reason.Kind, reason.ApplicationCode, reason.Reason));
        var exception = await Assert.ThrowsAsync<TransportException>(() => reading.Within());
        Assert.Equal((TransportErrorKind.ClosedByPeer, 1234L), (exception.Kind, exception.ApplicationCode));
    }

    [Fact]
    public async Task ConnectAsync_AStormOfThem_EachIsServed()
    {
        const int Count = 100;
        TransportListener listener = await ListenAsync();
        Task accepting = AcceptAsync();

        await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
        {
            await using TransportConnection client = await Client.ConnectAsync(Options(listener), Token);
            TransportStream stream = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
            byte[] bytes = BitConverter.GetBytes(i);
            await stream.WriteAsync(bytes, endStream: true, Token);
            Assert.Equal(bytes, await ReadAllAsync(stream));
        })).Within();
        await accepting.Within();

        async Task AcceptAsync()
        {
            for (int i = 0; i < Count; i++)
                _ = EchoAsync((await listener.AcceptAsync(Token))!);
        }
    }
}

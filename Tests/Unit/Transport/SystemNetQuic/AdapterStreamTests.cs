using System.Runtime.Versioning;
using System.Security.Cryptography;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic;

/// <summary>Where the library's streams differ from the port's, over a simulated library.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
public sealed class AdapterStreamTests
{
    private const StreamDirection Unidirectional = StreamDirection.Unidirectional;

    [Fact]
    public async Task OpenStreamAsync_ManyGivenUpAtTheLimit_CostNoSlot()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync(unidirectional: 1);
        TransportStream first = await pair.Client.OpenStreamAsync(Unidirectional, Bounded.Token());
        for (int i = 0; i < 100; i++)
        {
            using var giveUp = new CancellationTokenSource();
            Task<TransportStream> opening = pair.Client.OpenStreamAsync(Unidirectional, giveUp.Token).AsTask();
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.Within());
        }

        Task<TransportStream> next = pair.Client.OpenStreamAsync(Unidirectional, Bounded.Token()).AsTask();
        await first.WriteAsync(new byte[1], endStream: true, Bounded.Token());
        await TransportConformance.ReadAllAsync((await pair.Server.AcceptStreamAsync(Bounded.Token()))!);

        // The second of its kind, as if nobody had given up.
        Assert.Equal(6L, (await next.Within()).Id);
    }

    // The library returns a slot with its dispose: for a stream that nobody took here that would be too early.
    [Fact]
    public async Task AcceptStreamAsync_StreamIsOverAlready_ReturnsTheSlotAndNotBefore()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync(unidirectional: 1);
        TransportStream first = await pair.Client.OpenStreamAsync(Unidirectional, Bounded.Token());
        await first.WriteAsync(new byte[] { 5 }, endStream: true, Bounded.Token());
        Task<TransportStream> next = pair.Client.OpenStreamAsync(Unidirectional, Bounded.Token()).AsTask();
        // What is over and not accepted is not given back, however long it is over: a stream of the other end takes its whole life meanwhile.
        TransportStream other = await pair.Server.OpenStreamAsync(Unidirectional, Bounded.Token());
        await other.WriteAsync(new byte[1], endStream: true, Bounded.Token());
        await TransportConformance.ReadAllAsync((await pair.Client.AcceptStreamAsync(Bounded.Token()))!);
        Assert.False(next.IsCompleted);

        Assert.Equal([5], await TransportConformance.ReadAllAsync((await pair.Server.AcceptStreamAsync(Bounded.Token()))!));
        await next.Within();
    }

    [Fact]
    public async Task WriteAsync_BufferReusedAtOnce_SendsWhatWasInIt()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        (TransportStream client, TransportStream server) = await pair.StreamAsync();
        byte[] buffer = new byte[10_000];
        byte[] sent = RandomNumberGenerator.GetBytes(100 * buffer.Length);
        Task<byte[]> reading = TransportConformance.ReadAllAsync(server);

        for (int i = 0; i < sent.Length; i += buffer.Length)
        {
            sent.AsSpan(i, buffer.Length).CopyTo(buffer);
            await client.WriteAsync(buffer, endStream: i + buffer.Length == sent.Length, Bounded.Token());
            buffer.AsSpan().Clear();
        }

        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await reading.Within()));
    }

    [Fact]
    public async Task WriteAsync_GivenUp_LeavesTheStreamToBeAborted()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        (TransportStream client, TransportStream server) = await pair.StreamAsync();
        using var giveUp = new CancellationTokenSource();
        Task writing = client.WriteAsync(new byte[4 << 20], endStream: true, giveUp.Token).AsTask();

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.Within());
        client.AbortWrite(11);

        var exception = await Assert.ThrowsAsync<TransportException>(() => TransportConformance.ReadAllAsync(server).Within());
        Assert.Equal((TransportErrorKind.StreamReset, 11L), (exception.Kind, exception.ApplicationCode));
    }

    // The library's dispose would end an unfinished write as if it were whole.
    [Fact]
    public async Task DisposeAsync_UnfinishedWrite_IsAReset()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        (TransportStream client, TransportStream server) = await pair.StreamAsync();
        await client.WriteAsync(new byte[100], cancellationToken: Bounded.Token());

        await client.DisposeAsync();

        var exception = await Assert.ThrowsAsync<TransportException>(() => TransportConformance.ReadAllAsync(server).Within());
        Assert.Equal((TransportErrorKind.StreamReset, TransportStream.DisposedCode), (exception.Kind, exception.ApplicationCode));
    }

    // Released while it is told of the abort, it would end the write as if it were whole.
    [Fact]
    public async Task AbortWrite_OtherDirectionIsOverMeanwhile_IsStillAReset()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        (TransportStream client, TransportStream server) = await pair.StreamAsync();
        await server.WriteAsync(default, endStream: true, Bounded.Token());
        Assert.Empty(await TransportConformance.ReadAllAsync(client));
        pair.Library.BeforeAbort = ((SystemNetQuicStream)client).Accepted;

        client.AbortWrite(7);

        var exception = await Assert.ThrowsAsync<TransportException>(() => TransportConformance.ReadAllAsync(server).Within());
        Assert.Equal((TransportErrorKind.StreamReset, 7L), (exception.Kind, exception.ApplicationCode));
    }

    // Released between this end's close and the library's, it would end the write as if it were whole.
    [Fact]
    public async Task CloseAsync_WriteUnderWay_DoesNotEndItBeforeTheLibraryIsClosed()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        (TransportStream client, TransportStream server) = await pair.StreamAsync(StreamDirection.Unidirectional);
        Task<byte[]> reading = TransportConformance.ReadAllAsync(server);
        var closing = new TaskCompletionSource();
        pair.Library.MayClose = closing.Task;

        await pair.Client.CloseAsync(7, string.Empty, Bounded.Token());
        // Any of the calls that come at the end of a read or write.
        ((SystemNetQuicStream)client).Accepted();
        closing.SetResult();

        Assert.Equal(TransportErrorKind.ClosedByPeer, (await Assert.ThrowsAsync<TransportException>(() => reading.Within())).Kind);
    }

    [Fact]
    public async Task ReadAsync_AfterAReset_GetsNothingOfWhatWasReadAhead()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        (TransportStream client, TransportStream server) = await pair.StreamAsync();
        await client.WriteAsync(default, endStream: true, Bounded.Token());
        await server.WriteAsync(new byte[] { 1, 2, 3 }, cancellationToken: Bounded.Token());
        // The others were read ahead with it.
        Assert.Equal(1, await client.ReadAsync(new byte[1], Bounded.Token()));

        server.AbortWrite(9);
        await Bounded.UntilAsync(() => ((SystemNetQuicConnection)pair.Client).StreamCount == 0);

        var exception = await Assert.ThrowsAsync<TransportException>(async () => await client.ReadAsync(new byte[10], Bounded.Token()));
        Assert.Equal((TransportErrorKind.StreamReset, 9L), (exception.Kind, exception.ApplicationCode));
    }

    [Fact]
    public async Task AbortRead_PeerWriting_GetsTheCode()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        (TransportStream client, TransportStream server) = await pair.StreamAsync();
        Task writing = client.WriteAsync(new byte[8 << 20], cancellationToken: Bounded.Token()).AsTask();

        server.AbortRead(5);

        var exception = await Assert.ThrowsAsync<TransportException>(() => writing.Within());
        Assert.Equal((TransportErrorKind.StreamStopped, 5L), (exception.Kind, exception.ApplicationCode));
    }

    // Nobody writes: the next write is to know all the same.
    [Fact]
    public async Task AbortRead_PeerIdle_ItsNextWriteFails()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        (TransportStream client, TransportStream server) = await pair.StreamAsync();

        server.AbortRead(5);

        TransportException? failure = null;
        while (failure is null)
            failure = await Record.ExceptionAsync(async () => await client.WriteAsync(new byte[1], cancellationToken: Bounded.Token())) as TransportException;

        Assert.Equal((TransportErrorKind.StreamStopped, 5L), (failure.Kind, failure.ApplicationCode));
    }

    [Fact]
    public async Task AbortWrite_AfterTheEnd_TakesNothingBack()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        (TransportStream client, TransportStream server) = await pair.StreamAsync();
        byte[] sent = RandomNumberGenerator.GetBytes(200_000);
        await client.WriteAsync(sent, endStream: true, Bounded.Token());

        client.AbortWrite(1);
        await client.DisposeAsync();

        Assert.Equal(sent, await TransportConformance.ReadAllAsync(server).Within());
    }

    [Fact]
    public async Task ReadAsync_AppDoesNotAsk_ReadsAheadNoMoreThanItsShare()
    {
        const int StuckBytes = 900_000;
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        ReceiveWindows windows = ReceiveWindows.Of(new TransportConnectOptions { Alpn = "x", RemoteEndPoints = [pair.Listener.LocalEndPoint] });
        var streams = new List<TransportStream>();
        var writing = new List<Task>();
        // More streams than the connection's share has room for.
        for (int i = 0; i < 2 * windows.ConnectionReadAhead / windows.StreamReadAhead; i++)
        {
            (TransportStream client, TransportStream server) = await pair.StreamAsync();
            streams.Add(server);
            writing.Add(client.WriteAsync(new byte[StuckBytes], endStream: true, Bounded.Token()).AsTask());
        }

        // Whoever asks gets on, however full the share is.
        (TransportStream quick, TransportStream quicksEnd) = await pair.StreamAsync();
        byte[] sent = RandomNumberGenerator.GetBytes(1 << 20);
        Task quickWriting = quick.WriteAsync(sent, endStream: true, Bounded.Token()).AsTask();
        Assert.Equal(sent, await TransportConformance.ReadAllAsync(quicksEnd).Within());
        await quickWriting.Within();

        // A block for each stream whose reader has asked once; the one byte each was shown with, and what was read of the quick one.
        long unread = pair.Server.Statistics.BytesReceived - sent.Length - streams.Count - 1;
        Assert.InRange(unread, 1, windows.ConnectionReadAhead + ((long)streams.Count * (16 << 10)));

        foreach (TransportStream stream in streams)
            Assert.Equal(StuckBytes, (await TransportConformance.ReadAllAsync(stream).Within()).Length);

        await Task.WhenAll(writing).Within();
    }

    [Fact]
    public async Task Streams_AllOver_AreGivenBackToTheLibrary()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        for (int i = 0; i < 600; i++)
        {
            await using TransportStream mine = await pair.Client.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());
            await mine.WriteAsync(new byte[10], endStream: true, Bounded.Token());
            await using TransportStream theirs = (await pair.Server.AcceptStreamAsync(Bounded.Token()))!;
            await TransportConformance.ReadAllAsync(theirs);
            await theirs.WriteAsync(new byte[10], endStream: true, Bounded.Token());
            await TransportConformance.ReadAllAsync(mine);
        }

        // The limit is 256: slots were returned. What the last stream still has to do is done before the connection is over.
        await pair.Client.CloseAsync(0, string.Empty, Bounded.Token());
        await pair.Server.Closed.Within();
        await pair.Listener.DisposeAsync();
        Assert.Equal((0, 0), (pair.ClientUnderneath.Undisposed, pair.ServerUnderneath.Undisposed));
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.Transport;

/// <summary>What every engine must do. An engine's own test class inherits it.</summary>
public abstract partial class TransportConformance : IAsyncDisposable
{
    private const string Alpn = "zks/test";
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly List<IAsyncDisposable> _open = [];

    protected abstract ITransport Server { get; }

    protected abstract ITransport Client { get; }

    /// <summary>Whether a close's text reaches the peer. The code always does; the text is for people, and no rule may hang on it.</summary>
    protected virtual bool CarriesCloseReason => true;

    private static CancellationToken Token => Bounded.Token();

    public virtual async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable open in Enumerable.Reverse(_open))
            await open.DisposeAsync();

        await Client.DisposeAsync();
        await Server.DisposeAsync();
        _certificate.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ConnectAsync_SameAlpn_BothEndsKnowTheCertificate()
    {
        TransportListener listener = await ListenAsync();
        (TransportConnection client, TransportConnection server) = await PairAsync(listener);

        byte[] hash = SelfSignedCertificate.Hash(_certificate);
        Assert.Equal(hash, listener.CertificateHash.ToArray());
        Assert.Equal(hash, client.CertificateHash.ToArray());
        Assert.Equal(hash, server.CertificateHash.ToArray());
        Assert.Equal(listener.LocalEndPoint, client.RemoteEndPoint);
    }

    [Fact]
    public async Task Streams_Bidirectional_EchoWithTheSameIdAtBothEnds()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        byte[] request = RandomNumberGenerator.GetBytes(5000);
        await mine.WriteAsync(request, endStream: true, Token);

        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;
        byte[] received = await ReadAllAsync(theirs);
        await theirs.WriteAsync(received, endStream: true, Token);

        Assert.Equal(mine.Id, theirs.Id);
        Assert.Equal(0L, mine.Id);
        Assert.Equal(request, received);
        Assert.Equal(request, await ReadAllAsync(mine));
    }

    [Fact]
    public async Task Streams_UnidirectionalFromTheListener_Arrive()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream mine = await server.OpenStreamAsync(StreamDirection.Unidirectional, Token);
        await mine.WriteAsync(new byte[] { 1, 2, 3 }, endStream: true, Token);

        TransportStream theirs = (await client.AcceptStreamAsync(Token))!;

        Assert.False(theirs.CanWrite);
        Assert.False(mine.CanRead);
        Assert.Equal(mine.Id, theirs.Id);
        Assert.Equal([1, 2, 3], await ReadAllAsync(theirs));
    }

    [Fact]
    public async Task Streams_ManyAtOnce_EachKeepsItsOwnBytes()
    {
        const int Count = 200;
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        Task serving = EchoAsync(server);

        await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
        {
            await using TransportStream stream = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
            byte[] bytes = [(byte)i, (byte)(i >> 8), .. new byte[i]];
            await stream.WriteAsync(bytes, endStream: true, Token);
            Assert.Equal(bytes, await ReadAllAsync(stream));
        })).Within();

        await client.CloseAsync(0, string.Empty, Token);
        await serving.Within();
    }

    [Fact]
    public async Task Streams_EightMebibytes_ArriveWhole()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        byte[] sent = RandomNumberGenerator.GetBytes(8 << 20);
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        Task writing = mine.WriteAsync(sent, endStream: true, Token).AsTask();

        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;
        byte[] received = await ReadAllAsync(theirs);

        await writing.Within();
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    [Fact]
    public async Task WriteAsync_PeerDoesNotRead_WaitsUntilItDoes()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        byte[] sent = RandomNumberGenerator.GetBytes(4 << 20);
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        Task writing = mine.WriteAsync(sent, endStream: true, Token).AsTask();
        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;
        byte[] first = new byte[1];
        await theirs.ReadAsync(first, Token);

        // More than window and send buffer together hold cannot be taken from the writer.
        Assert.False(writing.IsCompleted);

        byte[] rest = await ReadAllAsync(theirs);
        await writing.Within();
        Assert.Equal(sent.Length - 1, rest.Length);
    }

    [Fact]
    public async Task WriteAsync_HalfClosed_OtherDirectionGoesOn()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await mine.WriteAsync(new byte[] { 1 }, endStream: true, Token);
        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;
        Assert.Equal([1], await ReadAllAsync(theirs));

        for (byte i = 0; i < 3; i++)
        {
            await theirs.WriteAsync(new[] { i }, cancellationToken: Token);
            byte[] one = new byte[1];
            Assert.Equal(1, await mine.ReadAsync(one, Token));
            Assert.Equal(i, one[0]);
        }

        await theirs.WriteAsync(default, endStream: true, Token);
        Assert.Equal(0, await mine.ReadAsync(new byte[1], Token));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await mine.WriteAsync(new byte[1], cancellationToken: Token));
    }

    [Fact]
    public async Task AbortWrite_PeerReading_GetsTheCode()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await mine.WriteAsync(new byte[] { 1 }, cancellationToken: Token);
        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;
        Assert.Equal(1, await theirs.ReadAsync(new byte[10], Token));
        Task<int> reading = theirs.ReadAsync(new byte[10], Token).AsTask();

        mine.AbortWrite(77);

        var exception = await Assert.ThrowsAsync<TransportException>(() => reading.Within());
        Assert.Equal((TransportErrorKind.StreamReset, 77L), (exception.Kind, exception.ApplicationCode));
    }

    [Fact]
    public async Task AbortRead_PeerWriting_FailsTheWriter()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await mine.WriteAsync(new byte[] { 1 }, cancellationToken: Token);
        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;

        theirs.AbortRead(5);

        var exception = await Assert.ThrowsAsync<TransportException>(async () =>
        {
            while (true)
                await mine.WriteAsync(new byte[10_000], cancellationToken: Token);
        });
        Assert.Equal(TransportErrorKind.StreamStopped, exception.Kind);
    }

    [Fact]
    public async Task CloseAsync_WithCodeAndReason_ReachesTheOtherEnd()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        Task<TransportStream?> accepting = server.AcceptStreamAsync(Token).AsTask();

        await client.CloseAsync(42, "enough", Token);

        TransportCloseReason reason = await server.Closed.Within();
        Assert.Equal((TransportErrorKind.ClosedByPeer, 42L, CarriesCloseReason ? "enough" : string.Empty, true), (reason.Kind, reason.ApplicationCode, reason.Reason, reason.IsPeer));
        Assert.Null(await accepting.Within());
        Assert.Equal(TransportErrorKind.ClosedLocally, (await client.Closed.Within()).Kind);
        await Assert.ThrowsAsync<TransportException>(async () => await server.OpenStreamAsync(StreamDirection.Bidirectional, Token));
    }

    [Fact]
    public async Task CloseAsync_DataWrittenBefore_IsStillDelivered()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync());
        byte[] sent = RandomNumberGenerator.GetBytes(100_000);
        TransportStream mine = await client.OpenStreamAsync(StreamDirection.Unidirectional, Token);
        await mine.WriteAsync(sent, endStream: true, Token);
        await client.CloseAsync(0, string.Empty, Token);

        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;
        Assert.Equal(sent, await ReadAllAsync(theirs));
    }

    [Fact]
    public async Task ConnectAsync_OtherAlpn_IsRefused()
    {
        TransportListener listener = await ListenAsync();

        var exception = await Assert.ThrowsAsync<TransportException>(async () => await Client.ConnectAsync(Options(listener, alpn: "other"), Token));

        Assert.Equal(TransportErrorKind.AlpnMismatch, exception.Kind);
    }

    [Fact]
    public async Task ConnectAsync_OtherPin_IsRefused()
    {
        TransportListener listener = await ListenAsync();

        var exception = await Assert.ThrowsAsync<TransportException>(async () => await Client.ConnectAsync(Options(listener, pin: new byte[32]), Token));

        Assert.Equal(TransportErrorKind.CertificateRefused, exception.Kind);
        Assert.NotNull(await Client.ConnectAsync(Options(listener, pin: listener.CertificateHash), Token));
    }

    [Fact]
    public async Task ConnectAsync_NotAdmitted_IsRefused()
    {
        TransportListener listener = await ListenAsync(admit: _ => false);

        var exception = await Assert.ThrowsAsync<TransportException>(async () => await Client.ConnectAsync(Options(listener), Token));

        Assert.Equal(TransportErrorKind.ConnectionRefused, exception.Kind);
    }

    [Fact]
    public async Task ListenAsync_TakenPort_IsRefused()
    {
        TransportListener listener = await ListenAsync();

        var exception = await Assert.ThrowsAsync<TransportException>(async () => await ListenAsync(bind: listener.LocalEndPoint));

        Assert.Equal(TransportErrorKind.AddressInUse, exception.Kind);
    }

    [Fact]
    public async Task OpenStreamAsync_AtTheLimit_WaitsForASlotAndACancelledWaitUsesNone()
    {
        (TransportConnection client, TransportConnection server) = await PairAsync(await ListenAsync(bidirectional: 1));
        TransportStream first = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await first.WriteAsync(new byte[] { 1 }, endStream: true, Token);
        TransportStream theirs = (await server.AcceptStreamAsync(Token))!;

        using var cancel = new CancellationTokenSource();
        Task<TransportStream> cancelled = client.OpenStreamAsync(StreamDirection.Bidirectional, cancel.Token).AsTask();
        Task<TransportStream> second = client.OpenStreamAsync(StreamDirection.Bidirectional, Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within());
        Assert.False(second.IsCompleted);

        Assert.Equal([1], await ReadAllAsync(theirs));
        await theirs.WriteAsync(default, endStream: true, Token);
        Assert.Empty(await ReadAllAsync(first));
        Assert.Equal(4L, (await second.Within()).Id);
    }

    [Fact]
    public async Task Closed_SilentPeer_EndsAfterTheIdleTimeout()
    {
        TransportListener listener = await ListenAsync(idle: TimeSpan.FromMilliseconds(300));
        (TransportConnection client, TransportConnection server) = await PairAsync(listener, keepAlive: TimeSpan.Zero);

        Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TransportErrorKind.IdleTimeout, (await client.Closed.Within()).Kind);
        Assert.Equal(TransportErrorKind.IdleTimeout, (await server.Closed.Within()).Kind);
    }

    [Fact]
    public async Task StopAcceptingAsync_ConnectionsMade_LiveOn()
    {
        TransportListener listener = await ListenAsync();
        (TransportConnection client, TransportConnection server) = await PairAsync(listener);

        await listener.StopAcceptingAsync();

        Assert.Null(await listener.AcceptAsync(Token));
        await Assert.ThrowsAsync<TransportException>(async () => await Client.ConnectAsync(Options(listener), Token));
        TransportStream stream = await client.OpenStreamAsync(StreamDirection.Bidirectional, Token);
        await stream.WriteAsync(new byte[] { 1 }, endStream: true, Token);
        Assert.Equal([1], await ReadAllAsync((await server.AcceptStreamAsync(Token))!));
    }

    [Fact]
    public async Task DisposeAsync_Listener_EndsItsConnections()
    {
        TransportListener listener = await ListenAsync();
        (TransportConnection client, _) = await PairAsync(listener);

        await listener.DisposeAsync();

        Assert.Equal(TransportErrorKind.ClosedByPeer, (await client.Closed.Within()).Kind);
    }

    /// <summary>Moves simulated time, where the engine runs on it.</summary>
    protected virtual void Advance(TimeSpan time)
    {
    }

    protected async Task<TransportListener> ListenAsync(IPEndPoint? bind = null, Func<IPEndPoint, bool>? admit = null, int bidirectional = 256, TimeSpan? idle = null, int retryAtHalfOpen = 200, int streamWindow = 1 << 20, int connectionWindow = 4 << 20)
    {
        TransportListener listener = await Server.ListenAsync(
            new TransportListenerOptions
            {
                Alpn = Alpn,
                Certificate = _certificate,
                BindEndPoint = bind ?? new IPEndPoint(IPAddress.Loopback, 0),
                Admit = admit,
                MaxInboundBidirectionalStreams = bidirectional,
                IdleTimeout = idle ?? TimeSpan.FromSeconds(30),
                RetryAtHalfOpen = retryAtHalfOpen,
                StreamWindowBytes = streamWindow,
                ConnectionWindowBytes = connectionWindow,
            },
            Token);
        _open.Add(listener);
        return listener;
    }

    protected async Task<(TransportConnection Client, TransportConnection Server)> PairAsync(TransportListener listener, TimeSpan? keepAlive = null)
    {
        Task<TransportConnection?> accepting = listener.AcceptAsync(Token).AsTask();
        TransportConnection client = await Client.ConnectAsync(Options(listener, keepAlive: keepAlive), Token);
        TransportConnection server = (await accepting.Within())!;
        return (client, server);
    }

    internal static async Task<byte[]> ReadAllAsync(TransportStream stream)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[16_384];
        while (await stream.ReadAsync(buffer, Token) is > 0 and int count)
            all.Write(buffer, 0, count);

        return all.ToArray();
    }

    private static async Task EchoAsync(TransportConnection connection)
    {
        var serving = new List<Task>();
        while (await connection.AcceptStreamAsync(Token) is { } stream)
        {
            serving.Add(Task.Run(async () =>
            {
                byte[] bytes = await ReadAllAsync(stream);
                await stream.WriteAsync(bytes, endStream: true, Token);
            }));
        }

        await Task.WhenAll(serving);
    }

    private static TransportConnectOptions Options(TransportListener listener, string alpn = Alpn, ReadOnlyMemory<byte> pin = default, TimeSpan? keepAlive = null) => new()
    {
        Alpn = alpn,
        RemoteEndPoints = [listener.LocalEndPoint],
        CertificatePin = pin,
        KeepAliveInterval = keepAlive ?? TimeSpan.Zero,
    };
}

using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic;

/// <summary>How connections begin and end over a simulated library.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
public sealed class AdapterConnectionTests
{
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromMilliseconds(500);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task ConnectAsync_NobodyThere_IsUnavailable()
    {
        await using var transport = new SystemNetQuicTransport(new SimulatedLibrary(), TestClock.System);

        var exception = await Assert.ThrowsAsync<TransportException>(async () => await transport.ConnectAsync(
            new TransportConnectOptions { Alpn = "x", RemoteEndPoints = [new IPEndPoint(IPAddress.Loopback, 1)] }, Bounded.Token()));

        Assert.Equal(TransportErrorKind.AddressUnavailable, exception.Kind);
    }

    [Fact]
    public async Task CloseAsync_PeerGivesNoCredit_ClosesAfterTheFlushTimeout()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync(_time);
        (TransportStream client, _) = await pair.StreamAsync();
        // More than the peer's library and reader hold; the rest fits the buffers here.
        await client.WriteAsync(new byte[1 << 20], endStream: true, Bounded.Token());

        Task closing = pair.Client.CloseAsync(3, string.Empty, Bounded.Token()).AsTask();
        await ArmedAsync(1);
        Assert.False(closing.IsCompleted);
        _time.Advance(FlushTimeout);

        await closing.Within();
        Assert.Equal((TransportErrorKind.ClosedByPeer, 3L), ((await pair.Server.Closed.Within()).Kind, (await pair.Server.Closed).ApplicationCode));
    }

    // What the peer's library has acknowledged, a close would still take from its reader.
    [Fact]
    public async Task CloseAsync_JustAcknowledged_GivesTheReaderAMoment()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync(_time);
        (TransportStream client, TransportStream server) = await pair.StreamAsync(StreamDirection.Unidirectional);
        await client.WriteAsync(new byte[10], endStream: true, Bounded.Token());

        Task closing = pair.Client.CloseAsync(0, string.Empty, Bounded.Token()).AsTask();
        await ArmedAsync(2);
        Assert.Equal(10, (await TransportConformance.ReadAllAsync(server)).Length);
        Assert.False(closing.IsCompleted);
        _time.Advance(SystemNetQuicConnection.Linger);

        await closing.Within();
    }

    [Fact]
    public async Task CloseAsync_PeerHasAnswered_WaitsForNothing()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync(_time);
        (TransportStream client, TransportStream server) = await pair.StreamAsync();
        await client.WriteAsync(new byte[10], endStream: true, Bounded.Token());
        await TransportConformance.ReadAllAsync(server);
        await server.WriteAsync(new byte[10], endStream: true, Bounded.Token());
        await TransportConformance.ReadAllAsync(client);

        // No time passes.
        await pair.Client.CloseAsync(0, string.Empty, Bounded.Token()).AsTask().Within();
    }

    [Fact]
    public async Task CloseAsync_LongAcknowledged_WaitsForNothing()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync(_time);
        (TransportStream client, TransportStream server) = await pair.StreamAsync(StreamDirection.Unidirectional);
        await client.WriteAsync(new byte[10], endStream: true, Bounded.Token());
        await TransportConformance.ReadAllAsync(server);
        await Bounded.UntilAsync(() => ((SystemNetQuicConnection)pair.Client).StreamCount == 0);
        _time.Advance(SystemNetQuicConnection.Linger);

        await pair.Client.CloseAsync(0, string.Empty, Bounded.Token()).AsTask().Within();
    }

    [Fact]
    public async Task CloseAsync_Twice_IsOneClose()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();

        await Task.WhenAll(pair.Client.CloseAsync(1, "a", Bounded.Token()).AsTask(), pair.Client.CloseAsync(2, "b", Bounded.Token()).AsTask()).Within();
        await pair.Client.CloseAsync(3, "c", Bounded.Token());

        Assert.Equal((TransportErrorKind.ClosedLocally, 1L, "a"), Facts(await pair.Client.Closed.Within()));
        Assert.Equal((TransportErrorKind.ClosedByPeer, 1L, string.Empty), Facts(await pair.Server.Closed.Within()));
    }

    [Fact]
    public async Task Closed_ThePeerForgot_IsALostPeerAndEveryWaitEnds()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync(unidirectional: 0);
        (TransportStream client, _) = await pair.StreamAsync();
        Task<int> reading = client.ReadAsync(new byte[1], Bounded.Token()).AsTask();
        Task<TransportStream?> accepting = pair.Client.AcceptStreamAsync(Bounded.Token()).AsTask();
        Task<TransportStream> opening = pair.Client.OpenStreamAsync(StreamDirection.Unidirectional, Bounded.Token()).AsTask();

        pair.ClientUnderneath.Break(SimulatedErrors.WithStatus(QuicError.InternalError, LibraryStatus.Current.Aborted));

        Assert.Equal(TransportErrorKind.PeerLostState, (await pair.Client.Closed.Within()).Kind);
        Assert.Null(await accepting.Within());
        Assert.Equal(TransportErrorKind.PeerLostState, (await Assert.ThrowsAsync<TransportException>(() => reading.Within())).Kind);
        Assert.Equal(TransportErrorKind.PeerLostState, (await Assert.ThrowsAsync<TransportException>(() => opening.Within())).Kind);
        await Assert.ThrowsAsync<TransportException>(async () => await client.WriteAsync(new byte[1], cancellationToken: Bounded.Token()));
    }

    [Fact]
    public async Task Closed_ByThePeer_WhatWasReadAheadCanStillBeRead()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync();
        (TransportStream client, TransportStream server) = await pair.StreamAsync();
        await client.WriteAsync(new byte[] { 1, 2, 3 }, cancellationToken: Bounded.Token());
        // The first of them was read ahead together with the others.
        Assert.Equal(1, await server.ReadAsync(new byte[1], Bounded.Token()));

        await pair.Client.CloseAsync(4, string.Empty, Bounded.Token());
        await pair.Server.Closed.Within();

        byte[] rest = new byte[10];
        Assert.Equal(2, await server.ReadAsync(rest, Bounded.Token()));
        var exception = await Assert.ThrowsAsync<TransportException>(async () => await server.ReadAsync(rest, Bounded.Token()));
        Assert.Equal((TransportErrorKind.ClosedByPeer, 4L), (exception.Kind, exception.ApplicationCode));
    }

    // With both limits at 0 the library accepts nothing, and would not tell of the end either.
    [Fact]
    public async Task AcceptStreamAsync_NoStreamsTaken_RefusesThemAndStillHearsOfTheEnd()
    {
        await using SimulatedPair pair = await SimulatedPair.StartAsync(takesStreams: false);
        Task<TransportStream?> accepting = pair.Client.AcceptStreamAsync(Bounded.Token()).AsTask();
        TransportStream unwanted = await pair.Server.OpenStreamAsync(StreamDirection.Unidirectional, Bounded.Token());

        var exception = await Assert.ThrowsAsync<TransportException>(async () =>
        {
            while (true)
                await unwanted.WriteAsync(new byte[1000], cancellationToken: Bounded.Token());
        });
        Assert.Equal((TransportErrorKind.StreamStopped, TransportStream.DisposedCode), (exception.Kind, exception.ApplicationCode));
        Assert.False(accepting.IsCompleted);

        await pair.Server.CloseAsync(6, string.Empty, Bounded.Token());
        Assert.Equal(6, (await pair.Client.Closed.Within()).ApplicationCode);
        Assert.Null(await accepting.Within());
    }

    [Fact]
    public async Task DisposeAsync_Transport_ClosesItsConnections()
    {
        var library = new SimulatedLibrary();
        using var certificate = SelfSignedCertificate.Create(TestClock.System);
        await using var server = new SystemNetQuicTransport(library, TestClock.System);
        await using TransportListener listener = await server.ListenAsync(new TransportListenerOptions { Alpn = "x", Certificate = certificate }, Bounded.Token());
        var client = new SystemNetQuicTransport(library, TestClock.System);
        Task<TransportConnection?> accepting = listener.AcceptAsync(Bounded.Token()).AsTask();
        await client.ConnectAsync(new TransportConnectOptions { Alpn = "x", RemoteEndPoints = [listener.LocalEndPoint] }, Bounded.Token());

        await client.DisposeAsync();

        Assert.Equal((TransportErrorKind.ClosedByPeer, 0L), ((await (await accepting.Within())!.Closed.Within()).Kind, 0L));
        Assert.True(library.Connections[0].IsDisposed);
    }

    private static (TransportErrorKind, long?, string) Facts(TransportCloseReason reason) => (reason.Kind, reason.ApplicationCode, reason.Reason);

    // The adapter arms its timers on the pool; simulated time may move only then.
    private Task ArmedAsync(int timers) => Bounded.UntilAsync(() => _time.ArmedTimers >= timers);
}

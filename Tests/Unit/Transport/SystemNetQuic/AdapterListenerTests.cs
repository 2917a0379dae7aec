using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic;

/// <summary>Who is let in, over a simulated library.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
public sealed class AdapterListenerTests : IAsyncDisposable
{
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(12);
    private readonly SimulatedLibrary _library = new();
    private readonly FakeTimeProvider _time = new();
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly Channel<ConnectionRefusal> _refusals = Channel.CreateBounded<ConnectionRefusal>(100);
    private readonly SystemNetQuicTransport _server;
    private readonly SystemNetQuicTransport _client;

    public AdapterListenerTests()
    {
        _server = new SystemNetQuicTransport(_library, _time);
        _client = new SystemNetQuicTransport(_library, TestClock.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task Admit_SaysNo_IsRefusedAndCountedOnce()
    {
        int asked = 0;
        await using TransportListener listener = await ListenAsync(admit: _ => Interlocked.Increment(ref asked) < 0);

        await RefusedAsync(listener);

        Assert.Equal(ConnectionRefusal.NotAdmitted, await NextRefusalAsync());
        Assert.Equal((1, 1L, 0L), (asked, listener.Statistics.Refused, listener.Statistics.Handshakes));
    }

    [Fact]
    public async Task ConnectAsync_MaxConnectionsReached_IsRefusedUntilOneIsGone()
    {
        await using TransportListener listener = await ListenAsync(maxConnections: 1);
        TransportConnection first = await ConnectAsync(listener);
        TransportConnection accepted = (await listener.AcceptAsync(Bounded.Token()))!;

        await RefusedAsync(listener);
        Assert.Equal(ConnectionRefusal.TooManyConnections, await NextRefusalAsync());

        await first.CloseAsync(0, string.Empty, Bounded.Token());
        await accepted.Closed.Within();
        await ((SystemNetQuicConnection)accepted).Ended.Within();
        await Bounded.UntilAsync(() => listener.Statistics.Connections == 0);
        await ConnectAsync(listener);
    }

    [Fact]
    public async Task ConnectAsync_TooManyHalfOpenFromAnAddress_IsRefused()
    {
        await using TransportListener listener = await ListenAsync(maxHalfOpenPerAddress: 2);
        TaskCompletionSource finish = HoldHandshakes();
        Task<TransportConnection>[] held = [ConnectAsync(listener), ConnectAsync(listener)];
        await Bounded.UntilAsync(() => listener.Statistics.HalfOpen == 2);

        await RefusedAsync(listener);

        Assert.Equal(ConnectionRefusal.TooManyHalfOpenFromAddress, await NextRefusalAsync());
        finish.SetResult();
        await Task.WhenAll(held).Within();
        await Bounded.UntilAsync(() => listener.Statistics is { HalfOpen: 0, Handshakes: 2, Connections: 2 });
        await ConnectAsync(listener);
    }

    // The library does not say whose handshake failed.
    [Fact]
    public async Task ConnectAsync_HandshakeFails_CountsAsHalfOpenUntilItsDeadline()
    {
        await using TransportListener listener = await ListenAsync(maxHalfOpenPerAddress: 1);
        var exception = await Assert.ThrowsAsync<TransportException>(() => ConnectAsync(listener, pin: new byte[32]));
        Assert.Equal(TransportErrorKind.CertificateRefused, exception.Kind);
        Assert.Equal(1, listener.Statistics.HalfOpen);
        await RefusedAsync(listener);

        _time.Advance(Overdue);

        Assert.Equal(0, listener.Statistics.HalfOpen);
        await ConnectAsync(listener);
    }

    [Fact]
    public async Task ConnectAsync_BacklogFull_IsClosed()
    {
        await using TransportListener listener = await ListenAsync(backlog: 1);
        await ConnectAsync(listener);

        TransportConnection second = await ConnectAsync(listener);

        Assert.Equal(ConnectionRefusal.Busy, await NextRefusalAsync());
        Assert.Equal((TransportErrorKind.ClosedByPeer, 0L), ((await second.Closed.Within()).Kind, 0L));
        Assert.NotNull(await listener.AcceptAsync(Bounded.Token()));
    }

    [Fact]
    public async Task StopAcceptingAsync_Newcomer_IsToldSo()
    {
        await using TransportListener listener = await ListenAsync();

        await listener.StopAcceptingAsync();

        await RefusedAsync(listener);
        Assert.Equal(ConnectionRefusal.Stopped, await NextRefusalAsync());
        Assert.Null(await listener.AcceptAsync(Bounded.Token()));
    }

    [Fact]
    public async Task ConnectAsync_AfterAFailedHandshake_ListenerGoesOn()
    {
        await using TransportListener listener = await ListenAsync();
        for (int i = 0; i < 5; i++)
            await Assert.ThrowsAsync<TransportException>(() => ConnectAsync(listener, pin: new byte[32]));

        await ConnectAsync(listener);

        Assert.NotNull(await listener.AcceptAsync(Bounded.Token()).AsTask().Within());
    }

    private async Task<TransportListener> ListenAsync(
        Func<IPEndPoint, bool>? admit = null, int maxConnections = 100, int maxHalfOpenPerAddress = 100, int backlog = 100) =>
        await _server.ListenAsync(
            new TransportListenerOptions
            {
                Alpn = "x",
                Certificate = _certificate,
                Admit = admit,
                Refused = refusal => _refusals.Writer.TryWrite(refusal),
                MaxConnections = maxConnections,
                MaxHalfOpenPerAddress = maxHalfOpenPerAddress,
                AcceptBacklog = backlog,
            },
            Bounded.Token());

    private Task<TransportConnection> ConnectAsync(TransportListener listener, ReadOnlyMemory<byte> pin = default) =>
        _client.ConnectAsync(new TransportConnectOptions { Alpn = "x", RemoteEndPoints = [listener.LocalEndPoint], CertificatePin = pin }, Bounded.Token()).AsTask();

    private async Task RefusedAsync(TransportListener listener) =>
        Assert.Equal(TransportErrorKind.ConnectionRefused, (await Assert.ThrowsAsync<TransportException>(() => ConnectAsync(listener))).Kind);

    private async Task<ConnectionRefusal> NextRefusalAsync() => await _refusals.Reader.ReadAsync(Bounded.Token());

    private TaskCompletionSource HoldHandshakes()
    {
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _library.MayFinish = finish.Task;
        return finish;
    }
}

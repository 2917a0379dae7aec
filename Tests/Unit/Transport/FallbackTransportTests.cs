using System.Net;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.InMemory;

namespace ZeroKSync.Tests.Unit.Transport;

public sealed class FallbackTransportTests : IAsyncDisposable
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private readonly FakeTimeProvider _time = new();
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly SlowTransport _quic = new("quic");
    private readonly SlowTransport _webSocket = new("websocket");
    private readonly FallbackTransport _transport;

    public FallbackTransportTests() => _transport = new FallbackTransport(_quic, _webSocket, HeadStart, _time);

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task ConnectAsync_FirstInTime_NeverAsksTheSecond()
    {
        Task<TransportConnection> connecting = ConnectAsync(Bounded.Token());
        _time.Advance(HeadStart - Tick);
        TransportConnection made = await _quic.AnswerAsync(_certificate);

        Assert.Same(made, await connecting.Within());
        Assert.Equal(0, _webSocket.Asked);
    }

    [Fact]
    public async Task ConnectAsync_FirstSilent_SecondJoinsAfterTheHeadStart()
    {
        Task<TransportConnection> connecting = ConnectAsync(Bounded.Token());
        Assert.Equal((1, 0), (_quic.Asked, _webSocket.Asked));
        Task joined = _webSocket.NextAsked;
        _time.Advance(HeadStart - Tick);
        Assert.False(joined.IsCompleted);

        _time.Advance(Tick);
        await joined.Within();
        TransportConnection made = await _webSocket.AnswerAsync(_certificate);

        Assert.Same(made, await connecting.Within());
        await _quic.Cancelled.Within();
    }

    [Fact]
    public async Task ConnectAsync_FirstFails_SecondJoinsAtOnce()
    {
        Task joined = _webSocket.NextAsked;
        Task<TransportConnection> connecting = ConnectAsync(Bounded.Token());
        _quic.Fail(TransportErrorKind.AddressUnavailable);
        await joined.Within();
        TransportConnection made = await _webSocket.AnswerAsync(_certificate);

        Assert.Same(made, await connecting.Within());
    }

    [Fact]
    public async Task ConnectAsync_BothFail_ReportsTheFirst()
    {
        Task joined = _webSocket.NextAsked;
        Task<TransportConnection> connecting = ConnectAsync(Bounded.Token());
        _time.Advance(HeadStart);
        await joined.Within();
        _webSocket.Fail(TransportErrorKind.ConnectionRefused);
        _quic.Fail(TransportErrorKind.HandshakeTimeout);

        var exception = await Assert.ThrowsAsync<TransportException>(() => connecting.Within());
        Assert.Equal(TransportErrorKind.HandshakeTimeout, exception.Kind);
    }

    [Fact]
    public async Task ConnectAsync_FirstAnswersLate_WinsIfTheSecondHasNot()
    {
        Task joined = _webSocket.NextAsked;
        Task<TransportConnection> connecting = ConnectAsync(Bounded.Token());
        _time.Advance(HeadStart);
        await joined.Within();
        TransportConnection made = await _quic.AnswerAsync(_certificate);

        Assert.Same(made, await connecting.Within());
        await _webSocket.Cancelled.Within();
    }

    [Fact]
    public async Task ConnectAsync_Loser_IsClosed()
    {
        _quic.IgnoresCancellation = true;
        Task joined = _webSocket.NextAsked;
        Task<TransportConnection> connecting = ConnectAsync(Bounded.Token());
        _time.Advance(HeadStart);
        await joined.Within();
        await _webSocket.AnswerAsync(_certificate);
        await connecting.Within();

        TransportConnection late = await _quic.AnswerAsync(_certificate);

        Assert.Equal(TransportErrorKind.ClosedLocally, (await late.Closed.Within()).Kind);
    }

    [Fact]
    public async Task ConnectAsync_Cancelled_CancelsBoth()
    {
        using var cancel = new CancellationTokenSource();
        Task joined = _webSocket.NextAsked;
        Task<TransportConnection> connecting = ConnectAsync(cancel.Token);
        _time.Advance(HeadStart);
        await joined.Within();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Within());
        await Task.WhenAll(_quic.Cancelled, _webSocket.Cancelled).Within();
    }

    private Task<TransportConnection> ConnectAsync(CancellationToken cancellationToken) =>
        _transport.ConnectAsync(SlowTransport.Options, cancellationToken).AsTask();

    /// <summary>An engine that answers when told to, with a connection of the in-memory one.</summary>
    private sealed class SlowTransport(string name) : ITransport
    {
        private readonly TaskCompletionSource<TransportConnection> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static TransportConnectOptions Options => new() { Alpn = "x", RemoteEndPoints = [new IPEndPoint(IPAddress.Loopback, 1)] };

        public string Name => name;

        public int Asked { get; private set; }

        public bool IgnoresCancellation { get; set; }

        public Task NextAsked => _asked.Task;

        public Task Cancelled => _cancelled.Task;

        public ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public async ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default)
        {
            Asked++;
            _asked.TrySetResult();
            try
            {
                return await _answer.Task.WaitAsync(IgnoresCancellation ? CancellationToken.None : cancellationToken);
            }
            catch (OperationCanceledException)
            {
                _cancelled.TrySetResult();
                throw;
            }
        }

        public async Task<TransportConnection> AnswerAsync(X509Certificate2 certificate)
        {
            await using var transport = new InMemoryTransport(new InMemoryNetwork(), TestClock.System);
            TransportListener listener = await transport.ListenAsync(new TransportListenerOptions { Alpn = "x", Certificate = certificate }, Bounded.Token());
            TransportConnection connection = await transport.ConnectAsync(
                new TransportConnectOptions { Alpn = "x", RemoteEndPoints = [listener.LocalEndPoint] }, Bounded.Token());
            _answer.SetResult(connection);
            return connection;
        }

        public void Fail(TransportErrorKind kind) => _answer.SetException(new TransportException(kind, string.Empty));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

using Microsoft.Extensions.Logging;
using ZeroKSync.Client;
using ZeroKSync.Client.Transport;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Unit.ClientSdk.Transport;

public sealed class TransportChoiceTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300);
    private readonly Engine _engine = new("an engine");
    private readonly LinesLogger _log = new();

    [Fact]
    public async Task Get_EngineLoads_RacesAWebSocketBesideIt()
    {
        await using TransportChoice choice = Choice(Delay);

        Assert.IsType<FallbackTransport>(choice.Get());
        Assert.Equal("an engine, then WebSocket", choice.Get().Name);
        Assert.Equal(["QUIC engine: an engine"], _log.Lines);
    }

    [Fact]
    public async Task Get_WebSocketsOff_IsTheEngine()
    {
        await using TransportChoice choice = Choice(delay: null);

        Assert.Same(_engine, choice.Get());
    }

    [Fact]
    public async Task Get_NoEngineLoads_IsTheWebSocketAloneAndSaidOnce()
    {
        int tries = 0;
        await using TransportChoice choice = Choice(Delay, create: () =>
        {
            tries++;
            throw new TransportException(TransportErrorKind.EngineUnavailable, "Install it.");
        });

        Assert.IsType<WebSocketTransport>(choice.Get());
        Assert.Same(choice.Get(), choice.Get());
        Assert.Equal(1, tries);
        Assert.Equal(["No QUIC engine loads here; relays are reached over WebSockets alone. Install it."], _log.Lines);
    }

    [Fact]
    public async Task Get_NoEngineLoadsAndWebSocketsOff_SaysWhatToInstall()
    {
        await using TransportChoice choice = Choice(delay: null, create: () => throw new TransportException(TransportErrorKind.EngineUnavailable, "Install it."));

        var exception = Assert.Throws<SyncException>(choice.Get);

        Assert.Equal((SyncErrorKind.Unreachable, false, "Install it."), (exception.Kind, exception.IsTransient, exception.Message));
    }

    // What is there and fails is a fault to be seen, not a reason to go another way for ever.
    [Fact]
    public async Task Get_EngineFailsForAnotherReason_IsNotHidden()
    {
        await using TransportChoice choice = Choice(Delay, create: () => throw new TransportException(TransportErrorKind.AddressUnavailable, "x"));

        Assert.Throws<TransportException>(choice.Get);
    }

    [Fact]
    public async Task DisposeAsync_OwnEngine_IsDisposed()
    {
        TransportChoice choice = Choice(Delay);
        choice.Get();

        await choice.DisposeAsync();

        Assert.True(_engine.IsDisposed);
    }

    [Fact]
    public async Task DisposeAsync_GivenEngine_IsLeftToItsOwner()
    {
        var choice = new TransportChoice(_engine, Delay, () => throw new InvalidOperationException("made"), TestClock.System, _log);
        Assert.Equal("an engine, then WebSocket", choice.Get().Name);

        await choice.DisposeAsync();

        Assert.False(_engine.IsDisposed);
        Assert.Empty(_log.Lines);
    }

    private TransportChoice Choice(TimeSpan? delay, Func<ITransport>? create = null) => new(given: null, delay, create ?? (() => _engine), TestClock.System, _log);

    private sealed class Engine(string name) : ITransport
    {
        public string Name => name;

        public bool IsDisposed { get; private set; }

        public ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class LinesLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}

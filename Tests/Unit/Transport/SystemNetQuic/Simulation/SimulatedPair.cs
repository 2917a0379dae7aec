using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;

/// <summary>A client and a listener's end over one simulated library.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class SimulatedPair : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly SystemNetQuicTransport _transport;

    private SimulatedPair(TimeProvider time) => _transport = new SystemNetQuicTransport(Library, time);

    public SimulatedLibrary Library { get; } = new();

    public TransportListener Listener { get; private set; } = null!;

    public TransportConnection Client { get; private set; } = null!;

    public TransportConnection Server { get; private set; } = null!;

    /// <summary>The library's own connection under <see cref="Client"/>.</summary>
    public SimulatedConnection ClientUnderneath => Library.Connections[0];

    /// <summary>The library's own connection under <see cref="Server"/>.</summary>
    public SimulatedConnection ServerUnderneath => Library.Connections[1];

    /// <param name="time">The adapter's clock; null is one that moves.</param>
    /// <param name="bidirectional">Streams that the listener's end takes.</param>
    /// <param name="unidirectional">Streams that the listener's end takes.</param>
    /// <param name="takesStreams">Whether the client takes any.</param>
    public static async Task<SimulatedPair> StartAsync(TimeProvider? time = null, int bidirectional = 256, int unidirectional = 64, bool takesStreams = true)
    {
        var pair = new SimulatedPair(time ?? TestClock.System);
        pair.Listener = await pair._transport.ListenAsync(
            new TransportListenerOptions { Alpn = "x", Certificate = pair._certificate, MaxInboundBidirectionalStreams = bidirectional, MaxInboundUnidirectionalStreams = unidirectional },
            Bounded.Token());
        Task<TransportConnection?> accepting = pair.Listener.AcceptAsync(Bounded.Token()).AsTask();
        pair.Client = await pair._transport.ConnectAsync(
            new TransportConnectOptions
            {
                Alpn = "x",
                RemoteEndPoints = [pair.Listener.LocalEndPoint],
                MaxInboundBidirectionalStreams = takesStreams ? 256 : 0,
                MaxInboundUnidirectionalStreams = takesStreams ? 64 : 0,
            },
            Bounded.Token());
        pair.Server = (await accepting.Within())!;
        return pair;
    }

    /// <summary>A stream that the client opened, at both its ends, after one byte.</summary>
    public async Task<(TransportStream Client, TransportStream Server)> StreamAsync(StreamDirection direction = StreamDirection.Bidirectional)
    {
        TransportStream client = await Client.OpenStreamAsync(direction, Bounded.Token());
        await client.WriteAsync(new byte[1], cancellationToken: Bounded.Token());
        TransportStream server = (await Server.AcceptStreamAsync(Bounded.Token()))!;
        Assert.Equal(1, await server.ReadAsync(new byte[1], Bounded.Token()));
        return (client, server);
    }

    public async ValueTask DisposeAsync()
    {
        // Without their last words: a test may have stopped the clock that would end the wait for them.
        ClientUnderneath.Break(SimulatedErrors.Of(System.Net.Quic.QuicError.ConnectionIdle));
        ServerUnderneath.Break(SimulatedErrors.Of(System.Net.Quic.QuicError.ConnectionIdle));
        await Client.Closed.Within();
        await Server.Closed.Within();
        await Listener.DisposeAsync();
        await _transport.DisposeAsync();
        _certificate.Dispose();
        Assert.Equal((0, 0), (Library.OpensBeyondTheLimit, Library.WritesEndedByDispose));
    }
}

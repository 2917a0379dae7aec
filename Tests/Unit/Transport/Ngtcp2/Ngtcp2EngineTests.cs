using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Impairment;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;
using ZeroKSync.Transport.Ngtcp2.Connections;

namespace ZeroKSync.Tests.Unit.Transport.Ngtcp2;

/// <summary>What this engine does beyond the port: tokens, tickets, resets, address families, ways to the kernel, loops, keys.</summary>
public sealed class Ngtcp2EngineTests : IAsyncDisposable
{
    private const string Alpn = "zks/test";
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly List<IAsyncDisposable> _open = [];

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable open in Enumerable.Reverse(_open))
            await open.DisposeAsync();

        _certificate.Dispose();
    }

    [Fact]
    public async Task ConnectAsync_SecondTime_ProvesTheAddressWithTheFirstOnesToken()
    {
        Ngtcp2Transport transport = Engine();
        TransportListener listener = await ListenAsync(transport, retryAtHalfOpen: 0);
        await EchoAsync(transport, listener);
        Assert.Equal(1, listener.Statistics.ProofsAsked);

        await EchoAsync(transport, listener);

        Assert.Equal(1, listener.Statistics.ProofsAsked);
    }

    [Fact]
    public async Task ConnectAsync_SecondTime_ResumesAndKnowsTheCertificate()
    {
        Ngtcp2Transport transport = Engine();
        TransportListener listener = await ListenAsync(transport);
        Assert.False(await EchoAsync(transport, listener));

        Assert.True(await EchoAsync(transport, listener));
    }

    [Fact]
    public async Task ConnectAsync_OtherPinThanTheTicketCameUnder_DoesNotResume()
    {
        Ngtcp2Transport transport = Engine();
        TransportListener listener = await ListenAsync(transport);
        await EchoAsync(transport, listener);

        Assert.False(await EchoAsync(transport, listener, pin: listener.CertificateHash));
        var exception = await Assert.ThrowsAsync<TransportException>(() => EchoAsync(transport, listener, pin: new byte[32]));
        Assert.Equal(TransportErrorKind.CertificateRefused, exception.Kind);
    }

    [Fact]
    public async Task ConnectAsync_ListenerWithAnotherCertificateAndTheSameKey_DoesNotResume()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        Ngtcp2Transport transport = Engine();
        TransportListener first = await ListenAsync(transport, resetKey: key);
        await EchoAsync(transport, first);
        await first.DisposeAsync();
        using X509Certificate2 other = SelfSignedCertificate.Create(TestClock.System);
        TransportListener second = await ListenAsync(transport, bind: first.LocalEndPoint, resetKey: key, certificate: other);

        Assert.False(await EchoAsync(transport, second));
    }

    [Fact]
    public async Task ConnectAsync_NothingKept_NeverResumes()
    {
        Ngtcp2Transport transport = Engine(new Ngtcp2Options { ResumptionsKept = 0 });
        TransportListener listener = await ListenAsync(transport);
        await EchoAsync(transport, listener);

        Assert.False(await EchoAsync(transport, listener));
    }

    [Fact]
    public async Task Closed_ListenerStartedAnewWithItsKey_SaysThatItLostState()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        Ngtcp2Transport transport = Engine();
        await using Ngtcp2Transport doomed = Ngtcp2Transport.Create();
        TransportListener first = await ListenAsync(doomed, resetKey: key);
        using var proxy = new ImpairmentProxy(first.LocalEndPoint, seed: 1);
        TransportConnection client = await ConnectAsync(transport, proxy.EndPoint);
        // What the first one says when it ends stays in a socket that nobody reads any more: to the client it just stopped.
        proxy.Set(new LinkFaults { IsCut = true });
        await first.DisposeAsync();
        proxy.Rebind();
        proxy.Set(LinkFaults.None);
        await ListenAsync(transport, bind: first.LocalEndPoint, resetKey: key);
        TransportStream stream = await client.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());

        // Long enough to be answered (RFC 9000 section 10.3.3).
        await stream.WriteAsync(new byte[200], cancellationToken: Bounded.Token());

        Assert.Equal(TransportErrorKind.PeerLostState, (await client.Closed.Within()).Kind);
    }

    [Theory]
    [InlineData("::1", "::1")]
    [InlineData("::", "::1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.2")]
    public async Task ConnectAsync_EitherFamilyAndWildcards_AnswersFromTheAddressAsked(string bind, string remote)
    {
        Ngtcp2Transport transport = Engine();
        TransportListener listener = await ListenAsync(transport, bind: new IPEndPoint(IPAddress.Parse(bind), 0));

        await EchoAsync(transport, listener, remote: new IPEndPoint(IPAddress.Parse(remote), listener.LocalEndPoint.Port));
    }

    [Theory]
    [InlineData(DatagramMode.Automatic)]
    [InlineData(DatagramMode.Segmented)]
    [InlineData(DatagramMode.Batched)]
    [InlineData(DatagramMode.Single)]
    public async Task Streams_EachWayToTheKernel_ArriveWhole(DatagramMode mode)
    {
        Ngtcp2Transport transport = Engine(new Ngtcp2Options { Datagrams = mode });

        await EchoAsync(transport, await ListenAsync(transport), bytes: 1 << 20);
    }

    [Fact]
    public async Task Streams_FourLoopsAtBothEnds_ArriveWhole()
    {
        Ngtcp2Transport transport = Engine(new Ngtcp2Options { ListenerLoops = 4, ClientLoops = 3 });
        TransportListener listener = await ListenAsync(transport);

        await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => EchoAsync(transport, listener, bytes: 20_000)));

        Assert.Equal(24, listener.Statistics.Handshakes);
    }

    [Fact]
    public async Task Streams_AddressMovesToAnotherLoop_GoOn()
    {
        Ngtcp2Transport transport = Engine(new Ngtcp2Options { ListenerLoops = 4 });
        TransportListener listener = await ListenAsync(transport);

        // The kernel picks a loop by address: of these addresses some fall to another loop than the connection's.
        for (int i = 0; i < 8; i++)
        {
            using var proxy = new ImpairmentProxy(listener.LocalEndPoint, seed: i);
            Task<TransportConnection?> accepting = listener.AcceptAsync(Bounded.Token()).AsTask();
            await using TransportConnection client = await ConnectAsync(transport, proxy.EndPoint);
            TransportConnection server = (await accepting)!;
            await EchoOnAsync(client, server, 10_000);
            proxy.Rebind();
            await EchoOnAsync(client, server, 10_000);
        }
    }

    [Fact]
    public async Task ListenAsync_SharedPortOfAnotherListener_IsRefused()
    {
        Ngtcp2Transport transport = Engine(new Ngtcp2Options { ListenerLoops = 2 });
        TransportListener listener = await ListenAsync(transport);

        var exception = await Assert.ThrowsAsync<TransportException>(() => ListenAsync(transport, bind: listener.LocalEndPoint));

        Assert.Equal(TransportErrorKind.AddressInUse, exception.Kind);
    }

    [Fact]
    public async Task Streams_KeysChangeOften_ArriveWhole()
    {
        Ngtcp2Transport transport = Engine(new Ngtcp2Options { KeyUpdateBytes = 64 << 10 });
        TransportListener listener = await ListenAsync(transport);
        Task<TransportConnection?> accepting = listener.AcceptAsync(Bounded.Token()).AsTask();
        var client = (Ngtcp2Connection)await ConnectAsync(transport, listener.LocalEndPoint);

        TransportConnection server = (await accepting)!;
        CancellationToken bound = Bounded.Token();

        // An update has to wait for a few round trips after the one before (RFC 9001 section 6.5), so it takes more than one transfer.
        while (client.KeyUpdates < 2)
        {
            bound.ThrowIfCancellationRequested();
            await EchoOnAsync(client, server, 256 << 10);
        }
    }

    [Fact]
    public async Task QlogDirectory_Named_GetsAFileForEachEnd()
    {
        using var directory = new TempDirectory();
        await using (Ngtcp2Transport transport = Ngtcp2Transport.Create(new Ngtcp2Options { QlogDirectory = directory.Path }))
        {
            await using TransportListener listener = await ListenAsync(transport);
            await EchoAsync(transport, listener);
        }

        string[] files = Directory.GetFiles(directory.Path);
        Assert.Equal(2, files.Length);
        Assert.All(files, file => Assert.Contains("qlog_version", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task ConnectAsync_MoreHandshakesThanAnAddressMay_AreRefusedAndCounted()
    {
        var refusals = new System.Collections.Concurrent.ConcurrentQueue<ConnectionRefusal>();
        Ngtcp2Transport transport = Engine();
        TransportListener listener = await ListenAsync(transport, handshakesPerSecond: 1, refused: refusals.Enqueue);
        await EchoAsync(transport, listener);
        await EchoAsync(transport, listener);

        // The burst is two; a third within the second is asked for proof, and refused with it.
        var exception = await Assert.ThrowsAsync<TransportException>(async () =>
        {
            for (int i = 0; i < 20; i++)
                await EchoAsync(transport, listener);
        });

        Assert.Equal(TransportErrorKind.ConnectionRefused, exception.Kind);
        Assert.Equal([ConnectionRefusal.TooManyHandshakesFromAddress], refusals);
        Assert.Equal(1, listener.Statistics.Refused);
    }

    private static async Task EchoOnAsync(TransportConnection client, TransportConnection server, int bytes)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(bytes);
        await using TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());
        Task writing = mine.WriteAsync(sent, endStream: true, Bounded.Token()).AsTask();
        await using TransportStream theirs = (await server.AcceptStreamAsync(Bounded.Token()))!;
        byte[] received = await TransportConformance.ReadAllAsync(theirs);
        Task answering = theirs.WriteAsync(received, endStream: true, Bounded.Token()).AsTask();
        Assert.Equal(sent, await TransportConformance.ReadAllAsync(mine));
        await writing.Within();
        await answering.Within();
    }

    // One connection with one stream there and back; whether its handshake was resumed.
    private static async Task<bool> EchoAsync(ITransport transport, TransportListener listener, IPEndPoint? remote = null, int bytes = 1000, ReadOnlyMemory<byte> pin = default)
    {
        Task<TransportConnection?> accepting = listener.AcceptAsync(Bounded.Token()).AsTask();
        await using TransportConnection client = await ConnectAsync(transport, remote ?? listener.LocalEndPoint, pin);
        await using TransportConnection server = (await accepting.Within())!;
        await EchoOnAsync(client, server, bytes);
        Assert.Equal(listener.CertificateHash.ToArray(), client.CertificateHash.ToArray());
        return ((Ngtcp2Connection)client).IsResumed;
    }

    private static async Task<TransportConnection> ConnectAsync(ITransport transport, IPEndPoint remote, ReadOnlyMemory<byte> pin = default) =>
        await transport.ConnectAsync(new TransportConnectOptions { Alpn = Alpn, RemoteEndPoints = [remote], CertificatePin = pin }, Bounded.Token());

    private Ngtcp2Transport Engine(Ngtcp2Options? options = null)
    {
        Ngtcp2Transport transport = Ngtcp2Transport.Create(options);
        _open.Add(transport);
        return transport;
    }

    private async Task<TransportListener> ListenAsync(
        ITransport transport, IPEndPoint? bind = null, int retryAtHalfOpen = 200, byte[]? resetKey = null, X509Certificate2? certificate = null, int handshakesPerSecond = 200, Action<ConnectionRefusal>? refused = null)
    {
        TransportListener listener = await transport.ListenAsync(
            new TransportListenerOptions
            {
                Alpn = Alpn,
                Certificate = certificate ?? _certificate,
                BindEndPoint = bind ?? new IPEndPoint(IPAddress.Loopback, 0),
                RetryAtHalfOpen = retryAtHalfOpen,
                StatelessResetKey = resetKey ?? [],
                HandshakesPerAddressPerSecond = handshakesPerSecond,
                Refused = refused,
            },
            Bounded.Token());
        _open.Add(listener);
        return listener;
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Impairment;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Tests.Chaos.Transport;

/// <summary>A client and a listener of the real engine with an impaired path between them. The seed is printed, and taken from ZKS_SEED.</summary>
internal sealed class ImpairedPair : IAsyncDisposable
{
    private const string Alpn = "zks/chaos";
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly Ngtcp2Transport _transport = Ngtcp2Transport.Create();
    private readonly byte[] _resetKey = RandomNumberGenerator.GetBytes(TransportListenerOptions.StatelessResetKeyBytes);
    private readonly TimeSpan _idle;
    private readonly TimeSpan _keepAlive;

    private ImpairedPair(TimeSpan idle, TimeSpan keepAlive)
    {
        _idle = idle;
        _keepAlive = keepAlive;
    }

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") == "1";

    public ImpairmentProxy Proxy { get; private set; } = null!;

    public TransportListener Listener { get; private set; } = null!;

    public TransportConnection Client { get; private set; } = null!;

    public TransportConnection Server { get; private set; } = null!;

    /// <summary>Listens behind a path with these faults; <see cref="ConnectAsync"/> is the caller's.</summary>
    public static async Task<ImpairedPair> ListenAsync(LinkFaults up, LinkFaults down, TimeSpan? idle = null, TimeSpan keepAlive = default)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("ZKS_SEED"), out int chosen) ? chosen : RandomNumberGenerator.GetInt32(int.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine($"ZKS_SEED={seed}");
        var pair = new ImpairedPair(idle ?? TimeSpan.FromSeconds(30), keepAlive);
        await pair.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0));
        pair.Proxy = new ImpairmentProxy(pair.Listener.LocalEndPoint, seed);
        pair.Proxy.Up.Faults = up;
        pair.Proxy.Down.Faults = down;
        return pair;
    }

    public static async Task<ImpairedPair> ConnectedAsync(LinkFaults up, LinkFaults down, TimeSpan? idle = null, TimeSpan keepAlive = default)
    {
        ImpairedPair pair = await ListenAsync(up, down, idle, keepAlive);
        await pair.ConnectAsync();
        return pair;
    }

    public async Task ConnectAsync() => (Client, Server) = await ConnectAsync(Proxy.EndPoint);

    /// <summary>
    /// Attempt after attempt, as a client makes them, each of which ends in a clean timeout or this throws: a path may lose everything for longer
    /// than a single handshake, which asks ever more rarely, is worth waiting for.
    /// </summary>
    public async Task ConnectAtLengthAsync()
    {
        CancellationToken bound = Bounded.Token(TimeSpan.FromMinutes(1));
        Task<TransportConnection?> accepting = Listener.AcceptAsync(bound).AsTask();
        TransportConnection? client = null;
        while (client is null)
        {
            try
            {
                client = await _transport.ConnectAsync(OptionsTo(Proxy.EndPoint, TimeSpan.FromSeconds(5)), bound);
            }
            catch (TransportException exception) when (exception.Kind == TransportErrorKind.HandshakeTimeout)
            {
                // The next one asks at once again.
            }
        }

        (Client, Server) = (client, (await accepting)!);
    }

    /// <summary>Another connection to the same listener, beside the path.</summary>
    public Task<(TransportConnection Client, TransportConnection Server)> ConnectDirectlyAsync() => ConnectAsync(Listener.LocalEndPoint);

    /// <summary>The listener's process dies without a word, as far as its peers can tell, and another takes its port and its reset key.</summary>
    public async Task KillListenerAsync()
    {
        LinkFaults up = Proxy.Up.Faults;
        LinkFaults down = Proxy.Down.Faults;
        Proxy.Set(new LinkFaults { IsCut = true });
        IPEndPoint address = Listener.LocalEndPoint;
        await Listener.DisposeAsync();
        await ListenAsync(address);
        Proxy.Up.Faults = up;
        Proxy.Down.Faults = down;
    }

    /// <summary>Random bytes there and back on one stream; they come back as they were, or it throws.</summary>
    public Task EchoAsync(int bytes) => EchoAsync(Client, Server, bytes);

    public static async Task EchoAsync(TransportConnection client, TransportConnection server, int bytes)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(bytes);
        await using TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());
        Task writing = mine.WriteAsync(sent, endStream: true, Bounded.Token()).AsTask();
        Task answering = AnswerAsync();
        byte[] received = await ReadAllAsync(mine);
        await Task.WhenAll(writing, answering).Within();
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));

        async Task AnswerAsync()
        {
            await using TransportStream theirs = await server.AcceptStreamAsync(Bounded.Token()) ?? throw new TransportException(TransportErrorKind.ClosedByPeer, "The connection is over.");
            byte[] buffer = new byte[16_384];
            while (await theirs.ReadAsync(buffer, Bounded.Token()) is > 0 and int count)
                await theirs.WriteAsync(buffer.AsMemory(0, count), cancellationToken: Bounded.Token());

            await theirs.WriteAsync(default, endStream: true, Bounded.Token());
        }
    }

    /// <summary>True if the bytes came back right, false if the path was too bad and that was said cleanly. Anything else throws.</summary>
    public async Task<bool> TryEchoAsync(int bytes)
    {
        try
        {
            await EchoAsync(bytes);
            return true;
        }
        catch (TransportException exception) when (exception.Kind is TransportErrorKind.IdleTimeout or TransportErrorKind.HandshakeTimeout)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await Listener.DisposeAsync();
        Proxy.Dispose();
        _certificate.Dispose();
    }

    private async Task ListenAsync(IPEndPoint address) => Listener = await _transport.ListenAsync(
        new TransportListenerOptions { Alpn = Alpn, Certificate = _certificate, BindEndPoint = address, IdleTimeout = _idle, KeepAliveInterval = _keepAlive, StatelessResetKey = _resetKey },
        Bounded.Token());

    private async Task<(TransportConnection Client, TransportConnection Server)> ConnectAsync(IPEndPoint remote)
    {
        Task<TransportConnection?> accepting = Listener.AcceptAsync(Bounded.Token()).AsTask();
        TransportConnection client = await _transport.ConnectAsync(OptionsTo(remote, TimeSpan.FromSeconds(30)), Bounded.Token());
        return (client, (await accepting.Within())!);
    }

    private TransportConnectOptions OptionsTo(IPEndPoint remote, TimeSpan handshakeTimeout) =>
        new() { Alpn = Alpn, RemoteEndPoints = [remote], IdleTimeout = _idle, HandshakeTimeout = handshakeTimeout };

    private static async Task<byte[]> ReadAllAsync(TransportStream stream)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[16_384];
        while (await stream.ReadAsync(buffer, Bounded.Token()) is > 0 and int count)
            all.Write(buffer, 0, count);

        return all.ToArray();
    }
}

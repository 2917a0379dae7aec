using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>
/// The loops of one listener, which share its port, or of a client's connections. Each owns its connections; a connection id says which
/// loop that is, because the kernel spreads datagrams by address and an address may change.
/// </summary>
internal sealed class LoopGroup : IAsyncDisposable
{
    private const int SecretBytes = 32;

    private readonly TlsCredentials _credentials;
    private readonly QuicLoop[] _loops;
    private int _next;

    private LoopGroup(TlsCredentials credentials, Ngtcp2Options options, byte[] secret, IReadOnlyList<DatagramSocket> sockets, string name)
    {
        _credentials = credentials;
        _loops = [.. sockets.Select((socket, index) => new QuicLoop(this, index, socket, credentials, options, secret, $"{name} {index}"))];
    }

    public IReadOnlyList<QuicLoop> Loops => _loops;

    public IPEndPoint LocalEndPoint => _loops[0].Socket.LocalEndPoint;

    public int ConnectionCount => _loops.Sum(loop => loop.ConnectionCount);

    /// <exception cref="TransportException">The address cannot be bound.</exception>
    public static LoopGroup Listen(TransportListenerOptions options, Ngtcp2Options engine)
    {
        byte[] secret = options.StatelessResetKey.IsEmpty ? RandomNumberGenerator.GetBytes(SecretBytes) : options.StatelessResetKey.ToArray();
        var credentials = new TlsCredentials(options.Alpn, options.Certificate, secret);
        var sockets = new List<DatagramSocket>();
        try
        {
            sockets.Add(new DatagramSocket(options.BindEndPoint, engine.Datagrams, isListener: true));
            if (engine.ListenerLoops > 1)
                sockets[0].AllowSharing();

            while (sockets.Count < engine.ListenerLoops)
                sockets.Add(new DatagramSocket(sockets[0].LocalEndPoint, engine.Datagrams, isListener: true, share: true));

            return new LoopGroup(credentials, engine, secret, sockets, "zks quic listener");
        }
        catch (TransportException)
        {
            sockets.ForEach(socket => socket.Dispose());
            credentials.Dispose();
            throw;
        }
    }

    /// <summary>For outgoing connections; started.</summary>
    public static LoopGroup Connect(AddressFamily family, string alpn, Ngtcp2Options engine)
    {
        var any = new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        DatagramSocket[] sockets = [.. Enumerable.Range(0, engine.ClientLoops).Select(_ => new DatagramSocket(any, engine.Datagrams))];
        var group = new LoopGroup(new TlsCredentials(alpn, certificate: null), engine, RandomNumberGenerator.GetBytes(SecretBytes), sockets, "zks quic client");
        group.Start();
        return group;
    }

    public void Start()
    {
        foreach (QuicLoop loop in _loops)
            loop.Start();
    }

    /// <summary>The loop for the next outgoing connection.</summary>
    public QuicLoop Next() => _loops[(int)((uint)Interlocked.Increment(ref _next) % (uint)_loops.Length)];

    /// <summary>Runs something on every loop's thread, and waits for it unless a loop is over.</summary>
    public Task RunOnAllAsync(Action<QuicLoop> action) => Task.WhenAll(_loops.Select(loop => loop.RunAsync(action)));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_loops.Select(loop => loop.DisposeAsync().AsTask())).ConfigureAwait(false);
        // The loops' last connections used them.
        _credentials.Dispose();
    }
}

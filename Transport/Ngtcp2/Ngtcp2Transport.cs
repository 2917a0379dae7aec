using System.Net;
using System.Net.Sockets;
using ZeroKSync.Transport.Ngtcp2.Connections;
using ZeroKSync.Transport.Ngtcp2.Loop;
using ZeroKSync.Transport.Ngtcp2.Resumption;

namespace ZeroKSync.Transport.Ngtcp2;

/// <summary>
/// QUIC on libngtcp2 and GnuTLS (Linux). A client's connections with one ALPN share a loop and a socket per address family; each listener
/// has its own. A race of addresses is run in order, because all relays of one name share their port and fate in practice.
/// </summary>
public sealed class Ngtcp2Transport : ITransport
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(AddressFamily Family, string Alpn), LoopGroup> _clients = [];
    private bool _isDisposed;

    private readonly Ngtcp2Options _engine;
    private readonly ResumptionStore _resumptions;

    private Ngtcp2Transport(string version, Ngtcp2Options engine)
    {
        _engine = engine;
        _resumptions = new ResumptionStore(engine.ResumptionsKept);
        Name = $"ngtcp2 {version}";
    }

    public string Name { get; }

    /// <exception cref="TransportException"><see cref="TransportErrorKind.EngineUnavailable"/>, with a sentence that names what to install.</exception>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    public static Ngtcp2Transport Create(Ngtcp2Options? options = null)
    {
        options ??= new Ngtcp2Options();
        options.Validate();
        return new Ngtcp2Transport(Ngtcp2Library.Load(), options);
    }

    public ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new(new Ngtcp2Listener(options, _engine));
    }

    public async ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attempts = new List<Task<Ngtcp2Connection>>();
        TransportException? failure = null;
        foreach (IPEndPoint remote in options.RemoteEndPoints)
        {
            attempts.Add(AttemptAsync(remote, options, losers.Token));
            // The head start of RFC 8305: the next joins when this one has failed or had its time.
            bool isLast = attempts.Count == options.RemoteEndPoints.Count;
            while (attempts.Count > 0)
            {
                Task<Ngtcp2Connection>? done = await FirstDoneAsync(attempts, isLast ? null : options.AttemptDelay, cancellationToken).ConfigureAwait(false);
                if (done is null)
                    break;

                attempts.Remove(done);
                try
                {
                    Ngtcp2Connection winner = await done.ConfigureAwait(false);
                    await losers.CancelAsync().ConfigureAwait(false);
                    return winner;
                }
                catch (TransportException exception)
                {
                    failure = exception;
                }

                if (!isLast)
                    break;
            }
        }

        throw failure ?? new TransportException(TransportErrorKind.HandshakeFailed, "No address answered.");
    }

    public async ValueTask DisposeAsync()
    {
        LoopGroup[] groups;
        lock (_gate)
        {
            _isDisposed = true;
            groups = [.. _clients.Values];
            _clients.Clear();
        }

        foreach (LoopGroup group in groups)
            await group.DisposeAsync().ConfigureAwait(false);

        _resumptions.Dispose();
    }

    private static async Task<Task<Ngtcp2Connection>?> FirstDoneAsync(List<Task<Ngtcp2Connection>> attempts, TimeSpan? patience, CancellationToken cancellationToken)
    {
        Task<Task<Ngtcp2Connection>> first = Task.WhenAny(attempts);
        if (patience is not { } limit)
            return await first.WaitAsync(cancellationToken).ConfigureAwait(false);

        using var timer = new CancellationTokenSource();
#pragma warning disable RS0030 // An engine of real sockets runs on real time, as its timers do.
        Task late = Task.Delay(limit, TimeProvider.System, timer.Token);
#pragma warning restore RS0030
        Task done = await Task.WhenAny(first, late).WaitAsync(cancellationToken).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        return done == first ? await first.ConfigureAwait(false) : null;
    }

    private async Task<Ngtcp2Connection> AttemptAsync(IPEndPoint remote, TransportConnectOptions options, CancellationToken cancellationToken)
    {
        QuicLoop loop = ClientLoops(remote.AddressFamily, options.Alpn).Next();
        var connection = new Ngtcp2Connection(loop, options, remote, isServer: false)
        {
            Pin = options.CertificatePin,
            Resumptions = _resumptions,
            ListenerKey = ListenerKey.Of(remote, options),
        };
        loop.Post(connection.Connect);
        try
        {
            await connection.Handshaken.WaitAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (OperationCanceledException)
        {
            _ = connection.CloseAsync(0, string.Empty, CancellationToken.None).AsTask();
            throw;
        }
    }

    private LoopGroup ClientLoops(AddressFamily family, string alpn)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_clients.TryGetValue((family, alpn), out LoopGroup? group))
            {
                group = LoopGroup.Connect(family, alpn, _engine);
                _clients.Add((family, alpn), group);
            }

            return group;
        }
    }
}

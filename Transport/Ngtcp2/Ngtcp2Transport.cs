using System.Net;
using System.Net.Sockets;
using ZeroKSync.Transport.Ngtcp2.Connections;
using ZeroKSync.Transport.Ngtcp2.Loop;

namespace ZeroKSync.Transport.Ngtcp2;

/// <summary>
/// QUIC on libngtcp2 and GnuTLS (Linux). A client's connections with one ALPN share a loop and a socket per address family; each listener
/// has its own. A race of addresses is run in order, because all relays of one name share their port and fate in practice.
/// </summary>
public sealed class Ngtcp2Transport : ITransport
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(AddressFamily Family, string Alpn), QuicLoop> _clients = [];
    private bool _isDisposed;

    private Ngtcp2Transport(string version)
    {
        Name = $"ngtcp2 {version}";
    }

    public string Name { get; }

    /// <exception cref="TransportException"><see cref="TransportErrorKind.EngineUnavailable"/>, with a sentence that names what to install.</exception>
    public static Ngtcp2Transport Create() => new(Ngtcp2Library.Load());

    public ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new(new Ngtcp2Listener(options));
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
        QuicLoop[] loops;
        lock (_gate)
        {
            _isDisposed = true;
            loops = [.. _clients.Values];
            _clients.Clear();
        }

        foreach (QuicLoop loop in loops)
            await loop.DisposeAsync().ConfigureAwait(false);
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
        QuicLoop loop = ClientLoop(remote.AddressFamily, options.Alpn);
        var connection = new Ngtcp2Connection(loop, options, remote, isServer: false) { Pin = options.CertificatePin };
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

    private QuicLoop ClientLoop(AddressFamily family, string alpn)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_clients.TryGetValue((family, alpn), out QuicLoop? loop))
            {
                var any = new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
                loop = new QuicLoop(any, new TlsCredentials(alpn, certificate: null), "zks quic client");
                _clients.Add((family, alpn), loop);
            }

            return loop;
        }
    }
}

using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Runtime.Versioning;
using System.Threading.Channels;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>
/// A listener over System.Net.Quic: who is let in, and the finished handshakes that wait to be accepted. A newcomer has a connection object
/// before anybody is asked; beyond <see cref="TransportListenerOptions.MaxHalfOpen"/> the library refuses by itself.
/// </summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class SystemNetQuicListener : TransportListener
{
    private const long BusyCode = 0;

    private readonly TransportListenerOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ListenerCertificate _certificate;
    private readonly SslServerAuthenticationOptions _authentication;
    private readonly Handshakes _handshakes;
    private readonly Channel<SystemNetQuicConnection> _handshaken;
    private readonly LiveConnections _live = new();
    private IQuicListener? _library;
    private Task _accepting = Task.CompletedTask;
    private volatile bool _isStopped;
    private long _finished;
    private long _refused;

    private SystemNetQuicListener(TransportListenerOptions options, ListenerCertificate certificate, TimeProvider timeProvider)
    {
        _options = options;
        _timeProvider = timeProvider;
        _certificate = certificate;
        _authentication = QuicOptions.ServerAuthentication(options.Alpn, certificate.Value);
        _handshakes = new Handshakes(options, timeProvider);
        _handshaken = Channel.CreateBounded<SystemNetQuicConnection>(options.AcceptBacklog);
        CertificateHash = SelfSignedCertificate.Hash(options.Certificate);
    }

    public override IPEndPoint LocalEndPoint => _library!.LocalEndPoint;

    public override ReadOnlyMemory<byte> CertificateHash { get; }

    public override ListenerStatistics Statistics
    {
        get
        {
            int halfOpen = _handshakes.HalfOpen;
            return new ListenerStatistics(_live.Count + halfOpen, halfOpen, Interlocked.Read(ref _finished), Interlocked.Read(ref _refused), ProofsAsked: 0);
        }
    }

    /// <exception cref="TransportException"><see cref="TransportErrorKind.AddressInUse"/>, <see cref="TransportErrorKind.AddressUnavailable"/>.</exception>
    public static async Task<SystemNetQuicListener> StartAsync(IQuicLibrary library, TransportListenerOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var listener = new SystemNetQuicListener(options, ListenerCertificate.For(options.Certificate), timeProvider);
        try
        {
            listener._library = await library.ListenAsync(QuicOptions.Listener(options), listener.Admit, cancellationToken).ConfigureAwait(false);
            listener._accepting = listener.AcceptConnectionsAsync();
            return listener;
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            listener._certificate.Dispose();
            throw QuicErrors.OfListen(exception, options.BindEndPoint.Port);
        }
    }

    public override async ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _handshaken.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public override ValueTask StopAcceptingAsync()
    {
        // The library's listener stays: without it newcomers would be left to their timeouts instead of being told.
        _isStopped = true;
        _handshaken.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync().ConfigureAwait(false);
        await _library!.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        await _live.CloseAsync(_timeProvider).ConfigureAwait(false);
        _certificate.Dispose();
    }

    // On the pool, for several newcomers at once. What it throws is how the library is told to refuse.
    private QuicServerConnectionOptions Admit(IQuicConnection newcomer)
    {
        IPEndPoint remote = newcomer.RemoteEndPoint;
        ConnectionRefusal refusal;
        if (GateRefusal(remote) is { } closed)
            refusal = closed;
        else if (_handshakes.TryBegin(newcomer, remote.Address, out refusal) is { } opens)
            return QuicOptions.Server(_options, _authentication, opens);

        Refused(refusal);
        throw TransportException.Closed(new TransportCloseReason(TransportErrorKind.ConnectionRefused, null, string.Empty, IsPeer: false));
    }

    private ConnectionRefusal? GateRefusal(IPEndPoint remote) =>
        _isStopped ? ConnectionRefusal.Stopped
        : _live.Count + _handshakes.HalfOpen >= _options.MaxConnections ? ConnectionRefusal.TooManyConnections
        : _options.Admit?.Invoke(remote) == false ? ConnectionRefusal.NotAdmitted
        : null;

    private async Task AcceptConnectionsAsync()
    {
        while (true)
        {
            try
            {
                Offer(await _library!.AcceptAsync().ConfigureAwait(false));
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // One handshake failed, for whatever reason, which the peer knows; the listener is as good as before.
            }
        }
    }

    /// <summary>A full backlog closes the newcomer instead of waiting for it.</summary>
    private void Offer(IQuicConnection finished)
    {
        if (_handshakes.Finish(finished) is not { } opens)
        {
            _ = finished.DisposeAsync().AsTask();
            return;
        }

        Interlocked.Increment(ref _finished);
        var connection = new SystemNetQuicConnection(finished, _options, opens, finished.RemoteEndPoint, CertificateHash, _timeProvider);
        _live.Add(connection);
        if (_handshaken.Writer.TryWrite(connection))
            return;

        Refused(_isStopped ? ConnectionRefusal.Stopped : ConnectionRefusal.Busy);
        _ = connection.CloseAsync(BusyCode, string.Empty).AsTask();
    }

    private void Refused(ConnectionRefusal refusal)
    {
        Interlocked.Increment(ref _refused);
        _options.Refused?.Invoke(refusal);
    }
}

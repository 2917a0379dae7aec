using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>
/// QUIC on System.Net.Quic (libmsquic): Windows, and other systems where that library is installed. A close carries its code and no text, and a
/// listener cannot ask a newcomer for proof of its address.
/// </summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
public sealed class SystemNetQuicTransport : ITransport
{
    private readonly IQuicLibrary _library;
    private readonly TimeProvider _timeProvider;
    private readonly LiveConnections _live = new();
    private bool _isDisposed;

    internal SystemNetQuicTransport(IQuicLibrary library, TimeProvider timeProvider)
    {
        _library = library;
        _timeProvider = timeProvider;
    }

    /// <summary>A sentence that says why it cannot run on this machine and what would help; null where it can.</summary>
    public static string? Missing => QuicLibrary.Missing;

    public string Name { get; } = $"System.Net.Quic {Environment.Version}";

    /// <exception cref="TransportException"><see cref="TransportErrorKind.EngineUnavailable"/>, with a sentence that says what it needs.</exception>
    public static SystemNetQuicTransport Create()
    {
        if (Missing is { } missing)
            throw new TransportException(TransportErrorKind.EngineUnavailable, missing);

#pragma warning disable RS0030 // An engine of real sockets runs on real time, as its library does.
        return new SystemNetQuicTransport(new QuicLibrary(), TimeProvider.System);
#pragma warning restore RS0030
    }

    public async ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return await SystemNetQuicListener.StartAsync(_library, options, _timeProvider, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return await Race.RunAsync(
            [.. options.RemoteEndPoints.Select(remote => (Func<CancellationToken, Task<TransportConnection>>)(token => AttemptAsync(remote, options, token)))],
            options.AttemptDelay,
            _timeProvider,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connections it made; a listener is its owner's to close.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _live.CloseAsync(_timeProvider).ConfigureAwait(false);
    }

    private async Task<TransportConnection> AttemptAsync(IPEndPoint remote, TransportConnectOptions options, CancellationToken cancellationToken)
    {
        var check = new CertificateCheck(options.CertificatePin);
        var opens = new StreamGate(options.MaxWaitingOpens);
        try
        {
            // The library keeps the deadline of the handshake.
            IQuicConnection made = await _library.ConnectAsync(QuicOptions.Client(options, remote, check, opens), cancellationToken).ConfigureAwait(false);
            // The session above binds the hash: without one there is nothing to go on with.
            if (check.Hash is null)
            {
                await made.DisposeAsync().ConfigureAwait(false);
                throw TransportException.Closed(new TransportCloseReason(TransportErrorKind.HandshakeFailed, null, "no certificate was shown", IsPeer: true));
            }

            var connection = new SystemNetQuicConnection(made, options, opens, remote, check.Hash, _timeProvider);
            _live.Add(connection);
            return connection;
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            throw QuicErrors.OfConnect(exception, check.IsRefused);
        }
    }
}

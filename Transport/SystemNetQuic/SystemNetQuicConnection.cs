using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;
using System.Threading.Channels;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>
/// A connection of System.Net.Quic under the port's rules. Everything the library would lose or abort when a caller gives up, this holds
/// instead: opens wait in a gate of its own, streams are accepted and read ahead, writes are copied. Its streams are under its lock.
/// </summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed partial class SystemNetQuicConnection : TransportConnection
{
    private readonly IQuicConnection _library;
    private readonly StreamGate _opens;
    private readonly TimeProvider _timeProvider;
    private readonly TaskCompletionSource<TransportCloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<SystemNetQuicStream> _incoming;
    private long _accepted;

    public SystemNetQuicConnection(
        IQuicConnection library, TransportConnectionOptions options, StreamGate opens, IPEndPoint remote, ReadOnlyMemory<byte> certificateHash, TimeProvider timeProvider)
    {
        _library = library;
        _opens = opens;
        _timeProvider = timeProvider;
        Options = options;
        Windows = ReceiveWindows.Of(options);
        RemoteEndPoint = remote;
        CertificateHash = certificateHash;
        // A slot goes back only after its stream was accepted here, so the limits bound this queue.
        _incoming = Channel.CreateBounded<SystemNetQuicStream>(Math.Max(1, options.MaxInboundBidirectionalStreams + options.MaxInboundUnidirectionalStreams));
        _opens.Serve = (direction, open) => _ = ServeAsync(direction, open);
        Ended = RunAsync();
    }

    public override IPEndPoint RemoteEndPoint { get; }

    public override ReadOnlyMemory<byte> CertificateHash { get; }

    public override Task<TransportCloseReason> Closed => _closed.Task;

    public override ConnectionStatistics Statistics
    {
        get
        {
            lock (Gate)
                return new ConnectionStatistics(TimeSpan.Zero, BytesSent, BytesReceived, _opens.Opened, _accepted, DatagramBytesMax: 0);
        }
    }

    /// <summary>Completes, never faults, when the library has let go of the connection.</summary>
    public Task Ended { get; }

    public override async ValueTask<TransportStream> OpenStreamAsync(StreamDirection direction, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_opens.Enter(direction) is not { } waiting)
            return await OpenNowAsync(direction).ConfigureAwait(false);

        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => Cancel(direction, waiting, cancellationToken), null);
        await using var _ = registration.ConfigureAwait(false);
        return await waiting.Completion.Task.ConfigureAwait(false);
    }

    public override async ValueTask<TransportStream?> AcceptStreamAsync(CancellationToken cancellationToken = default)
    {
        while (await _incoming.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!_incoming.Reader.TryRead(out SystemNetQuicStream? stream))
                continue;

            Interlocked.Increment(ref _accepted);
            stream.Accepted();
            return stream;
        }

        return null;
    }

    public override async ValueTask CloseAsync(long code, string reason, CancellationToken cancellationToken = default)
    {
        CloseArguments.Check(code, reason);
        Task closing;
        lock (Gate)
        {
            if (_reason is not null)
                return;

            closing = _closing ??= CloseOnceAsync(code, reason);
        }

        await closing.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync() => CloseAsync(0, string.Empty);

    private async Task<TransportStream> OpenNowAsync(StreamDirection direction)
    {
        try
        {
            IQuicStream stream = await _library.OpenAsync(direction == StreamDirection.Bidirectional ? QuicStreamType.Bidirectional : QuicStreamType.Unidirectional).ConfigureAwait(false);
            return Add(stream, isLocal: true) ?? throw TransportException.Closed(_reason!);
        }
        catch (Exception exception) when (QuicErrors.IsFailure(exception))
        {
            throw TransportException.Closed(Reason ?? QuicErrors.OfEnd(exception));
        }
    }

    private async Task ServeAsync(StreamDirection direction, WaitingOpen open)
    {
        try
        {
            open.Completion.TrySetResult(await OpenNowAsync(direction).ConfigureAwait(false));
        }
        catch (TransportException exception)
        {
            open.Completion.TrySetException(exception);
        }
    }

    private void Cancel(StreamDirection direction, WaitingOpen open, CancellationToken cancellationToken)
    {
        if (_opens.TryCancel(direction, open))
            open.Completion.TrySetCanceled(cancellationToken);
    }
}

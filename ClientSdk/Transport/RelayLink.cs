using System.Net;
using System.Net.Sockets;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Client.Transport;

/// <summary>
/// One session with one relay: connection, handshake, and the streams of the protocol. It keeps nothing beyond the session, retries
/// nothing and knows no rule of syncing.
/// </summary>
internal sealed class RelayLink : IAsyncDisposable
{
    /// <summary>For handshake and HELLO together, as at the relay.</summary>
    public static readonly TimeSpan OpenDeadline = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    // What a stream tells may be read a moment before the relay's BYE, or the connection's end, which say more.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    private readonly TransportConnection _connection;
    private readonly SessionStreams _streams;
    private readonly SealedStream _session;
    private readonly FrameLimit _limit;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<LinkEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RelayLink(TransportConnection connection, SessionStreams streams, SealedStream session, FrameLimit limit, RelayId relay, TimeProvider time)
    {
        _connection = connection;
        _streams = streams;
        _session = session;
        _limit = limit;
        _time = time;
        Relay = relay;
        _ = WatchAsync();
    }

    public RelayId Relay { get; }

    /// <summary>Completes, never faults, when the session is over.</summary>
    public Task<LinkEnd> Ended => _ended.Task;

    /// <summary>What HELLO's proof is bound to.</summary>
    public ReadOnlySpan<byte> HandshakeHash => _streams.Keys.HandshakeHash;

    /// <summary>Connects and shakes hands. The device's identity is sent only to the relay that was named.</summary>
    /// <exception cref="SyncException">Not reachable, not the relay that was named, or no relay at all.</exception>
    public static async Task<RelayLink> ConnectAsync(ITransport transport, RelayAddress relay, X25519KeyPair device, TimeProvider time, CancellationToken cancellationToken)
    {
        TransportConnection? connection = null;
        try
        {
            connection = await transport.ConnectAsync(
                new TransportConnectOptions
                {
                    Alpn = Limits.Alpn,
                    RemoteEndPoints = await ResolveAsync(relay, cancellationToken).ConfigureAwait(false),
                    KeepAliveInterval = KeepAlive,
                    MaxInboundBidirectionalStreams = 0,
                    MaxInboundUnidirectionalStreams = 4,
                    // A whole page fits, so that one read of it does not wait for credit.
                    StreamWindowBytes = 2 << 20,
                    ConnectionWindowBytes = 8 << 20,
                    StreamSendBufferBytes = 2 << 20,
                },
                cancellationToken).ConfigureAwait(false);
            RelayLink link = await HandshakeAsync(connection, relay.RelayId, device, time, cancellationToken).ConfigureAwait(false);
            connection = null;
            return link;
        }
        catch (TransportException exception)
        {
            throw RelayErrors.ToException(exception);
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends HELLO (or JOIN) on the session stream and waits for its answer.</summary>
    /// <exception cref="SyncException">The relay refused.</exception>
    public Task<TResponse> OpenAsync<TRequest, TResponse>(TRequest request, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => AskAsync<TRequest, TResponse>(_session, request, endStream: false, cancellationToken);

    /// <summary>The relay has welcomed this device: from now on its frames may be as long as a page.</summary>
    public void Welcomed() => _limit.Welcomed();

    /// <summary>One request on a stream of its own.</summary>
    /// <exception cref="SyncException">The relay refused, or the session ended first.</exception>
    public async Task<TResponse> RequestAsync<TRequest, TResponse>(TRequest request, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        SealedStream stream = await OpenStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        return await AskAsync<TRequest, TResponse>(stream, request, endStream: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A request stream, for the pushes or a subscription.</summary>
    /// <exception cref="SyncException">The session ended.</exception>
    public async Task<SealedStream> OpenStreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            TransportStream stream = await _connection.OpenStreamAsync(StreamDirection.Bidirectional, cancellationToken).ConfigureAwait(false);
            return await SealedStream.CreateAsync(stream, _streams, _limit).ConfigureAwait(false);
        }
        catch (TransportException exception)
        {
            throw await ToExceptionAsync(exception).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the relay's notices until the session ends. Streams that nobody wants are given back.</summary>
    /// <param name="notice">Gets one at a time; its memory is used again for the next.</param>
    public async Task ReadNoticesAsync(Func<ReadOnlyMemory<byte>, CancellationToken, Task> notice, CancellationToken cancellationToken)
    {
        while (await _connection.AcceptStreamAsync(cancellationToken).ConfigureAwait(false) is { } accepted)
        {
            try
            {
                SealedStream stream = await SealedStream.CreateAsync(accepted, _streams, _limit).ConfigureAwait(false);
                await using var _ = stream.ConfigureAwait(false);
                while (await stream.ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } message)
                {
                    if (MessageCodec.TryDecode(message, out Bye? bye))
                        End(RelayErrors.ToEnd(bye));
                    else
                        await notice(message, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (TransportException)
            {
                // The connection's own end says why.
            }
            catch (RelayProtocolException exception)
            {
                await BreakAsync(exception).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Reads the session stream of a welcomed session, on which nothing is asked any more, and changes the session's keys when it is time, until
    /// the session ends. Where no epoch is left it ends the session to have it opened anew.
    /// </summary>
    /// <param name="device">The key the session began with.</param>
    /// <param name="limits">When it is time.</param>
    public async Task KeepKeysAsync(X25519KeyPair device, RekeyLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        using var rekey = SessionRekey.ForClient(_streams, _session, device, Relay, limits, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task looking = rekey.RunAsync(stop.Token), reading = ReadSessionAsync(rekey, stop.Token);
        try
        {
            await (await Task.WhenAny(looking, reading).ConfigureAwait(false)).ConfigureAwait(false);
            // A session stream that ended leaves the keys their end.
            await looking.ConfigureAwait(false);
            End(new LinkEnd(SyncErrorKind.Unreachable, IsTransient: true, IsReopen: true));
            await _connection.CloseAsync((long)CloseCode.None, string.Empty, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RekeyException exception)
        {
            await BreakAsync(new RelayProtocolException(exception.Code, exception.Message)).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(looking, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for the session's end after a stream of it has ended, for a second at most.</summary>
    /// <returns>Whether it has ended.</returns>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public async Task<bool> EndsSoonAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(EndPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        await ((Task)Ended).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return Ended.IsCompleted;
    }

    /// <summary>Ends the session because the relay broke the protocol.</summary>
    public async Task BreakAsync(RelayProtocolException exception)
    {
        End(new LinkEnd(SyncErrorKind.Protocol, IsTransient: true));
        await _connection.CloseAsync((long)exception.Code, string.Empty).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        End(new LinkEnd(SyncErrorKind.Unreachable, IsTransient: true));
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _session.DisposeAsync().ConfigureAwait(false);
        _streams.Keys.Dispose();
    }

    private static async Task<RelayLink> HandshakeAsync(TransportConnection connection, RelayId relay, X25519KeyPair device, TimeProvider time, CancellationToken cancellationToken)
    {
        TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, cancellationToken).ConfigureAwait(false);
        using var handshake = new HandshakeInitiator(device, relay, HandshakePrologue.ForCertificate(connection.CertificateHash.Span));
        byte[] first = new byte[FrameHeader.Size + HandshakeMessage.FirstBytes];
        FrameHeader.Write(first, HandshakeMessage.FirstBytes);
        handshake.WriteFirst(first.AsSpan(FrameHeader.Size));
        await stream.WriteAsync(first, cancellationToken: cancellationToken).ConfigureAwait(false);

        byte[] header = new byte[FrameHeader.Size];
        await ReadExactlyAsync(stream, header, cancellationToken).ConfigureAwait(false);
        // Before the body is waited for: a shorter one would be waited for in vain.
        if (!FrameHeader.TryRead(header, HandshakeMessage.SecondBytes, out int length) || length != HandshakeMessage.SecondBytes)
            throw NoRelay();

        byte[] second = new byte[HandshakeMessage.SecondBytes];
        await ReadExactlyAsync(stream, second, cancellationToken).ConfigureAwait(false);
        if (!handshake.TryReadSecond(second))
            throw NoRelay();

        byte[] third = new byte[FrameHeader.Size + HandshakeMessage.ThirdBytes];
        FrameHeader.Write(third, HandshakeMessage.ThirdBytes);
        if (!handshake.TryWriteThird(third.AsSpan(FrameHeader.Size), out SessionKeys? keys))
            throw new SyncException(SyncErrorKind.WrongRelay, "The relay at this address is not the one that was named. Nothing about this device was shown to it.");

        try
        {
            await stream.WriteAsync(third, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (TransportException)
        {
            keys.Dispose();
            throw;
        }

        var streams = new SessionStreams(keys);
        var limit = new FrameLimit();
        return new RelayLink(connection, streams, await SealedStream.CreateAsync(stream, streams, limit).ConfigureAwait(false), limit, relay, time);
    }

    private async Task ReadSessionAsync(SessionRekey rekey, CancellationToken cancellationToken)
    {
        try
        {
            while (await _session.ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } message)
            {
                if (MessageCodec.TryReadCode(message, out MessageCode code) && code == MessageCode.Rekey)
                    await rekey.TakeAsync(message, cancellationToken).ConfigureAwait(false);
                else
                    rekey.PassOther();
            }
        }
        catch (TransportException)
        {
            // The connection's own end says why.
        }
    }

    private async Task<TResponse> AskAsync<TRequest, TResponse>(SealedStream stream, TRequest request, bool endStream, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            await stream.SendAsync(request, endStream, cancellationToken).ConfigureAwait(false);
            if (await stream.ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } answer)
            {
                if (MessageCodec.TryDecode(answer, out TResponse? response))
                    return response;

                if (MessageCodec.TryDecode(answer, out Error? error))
                    throw RelayErrors.ToException(error);

                throw new RelayProtocolException(CloseCode.None, "The relay answered with something that is no answer.");
            }

            // So does a relay that stops with what it has not begun.
            if (await EndsSoonAsync(cancellationToken).ConfigureAwait(false))
                throw OfEnd(await Ended.ConfigureAwait(false));

            throw new RelayProtocolException(CloseCode.None, "The relay ended a stream without an answer.");
        }
        catch (TransportException exception)
        {
            throw await ToExceptionAsync(exception).ConfigureAwait(false);
        }
        catch (RelayProtocolException exception)
        {
            await BreakAsync(exception).ConfigureAwait(false);
            throw RelayErrors.ToException(exception);
        }
    }

    // A relay that ends the session says why beside the stream, so the session's end tells more than the stream's. What fails for the
    // connection's end fails a moment before that end is told of: whoever sees the failure may count on finding the session ended.
    private async Task<SyncException> ToExceptionAsync(TransportException exception)
    {
        bool isOfStream = exception.Kind is TransportErrorKind.StreamReset or TransportErrorKind.StreamStopped or TransportErrorKind.ClosedLocally or TransportErrorKind.LimitReached;
        return isOfStream && !Ended.IsCompleted ? RelayErrors.ToException(exception) : OfEnd(await Ended.ConfigureAwait(false));
    }

    private static SyncException NoRelay() => new(SyncErrorKind.Protocol, "What answers at this address is not a relay of this protocol.", isTransient: true);

    private static SyncException OfEnd(LinkEnd end) => new(end.Kind, "The session with the relay ended.", end.IsTransient, end.RetryAfter);

    private async Task WatchAsync()
    {
        await _connection.Closed.ConfigureAwait(false);
        End(new LinkEnd(SyncErrorKind.Unreachable, IsTransient: true));
    }

    private void End(LinkEnd end) => _ended.TrySetResult(end);

    private static async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(RelayAddress relay, CancellationToken cancellationToken)
    {
        try
        {
            IPAddress[] addresses = IPAddress.TryParse(relay.Host, out IPAddress? literal)
                ? [literal]
                : await Dns.GetHostAddressesAsync(relay.Host, cancellationToken).ConfigureAwait(false);
            if (addresses.Length > 0)
                return [.. addresses.Take(TransportConnectOptions.MaxRemoteEndPoints).Select(address => new IPEndPoint(address, relay.Port))];
        }
        catch (SocketException exception)
        {
            throw new SyncException(SyncErrorKind.Unreachable, "The relay's host name cannot be resolved.", isTransient: true, inner: exception);
        }

        throw new SyncException(SyncErrorKind.Unreachable, "The relay's host name has no address.", isTransient: true);
    }

    private static async Task ReadExactlyAsync(TransportStream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0)
                throw new SyncException(SyncErrorKind.Protocol, "The relay ended the handshake.", isTransient: true);

            buffer = buffer[count..];
        }
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// Executes one session over its connection: handshake, HELLO or JOIN, then its streams side by side, each strictly in order. What is
/// allowed when is <see cref="SessionMachine"/>'s; what a request means is the lanes'; the session stream's own messages are in
/// SessionRunner.Messages.cs.
/// </summary>
internal sealed partial class SessionRunner : ISessionView, IAsyncDisposable
{
    // How often the device's grain is told that the session lives, and a missed notice is made up for.
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(1);

    // What a relay that stops has begun is given so long to be stored and answered: less than its drain.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(15);

    private readonly TransportConnection _connection;
    private readonly SessionLease _lease;
    private readonly GatewayServices _services;
    private readonly SessionMachine _machine = new();
    private readonly SessionId _id = NewId();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SessionStreams? _streams;
    private SessionRekey? _rekey;
    private NoticeLane? _notices;
    private IDeviceObserver? _reference;
    private Membership? _member;
    private LookupId? _lookup;
    private DeviceLease? _pace;
    private bool _isAttached;
    private volatile bool _isDrained;

    public SessionRunner(TransportConnection connection, SessionLease lease, GatewayServices services)
    {
        _connection = connection;
        _lease = lease;
        _services = services;
        Observer = new SessionObserver(_id, services.Time);
        GatewayOptions options = services.Options;
        Streams = new StreamLimits(options, services.Time, services.Memory);
    }

    public DeviceId Device => _streams?.Keys.Device ?? default;

    public Membership? Member => Volatile.Read(ref _member);

    public SessionObserver Observer { get; }

    public DeviceLease? Pace => Volatile.Read(ref _pace);

    public int FrameBytesMax
    {
        get
        {
            lock (_gate)
                return _machine.FrameBytesMax;
        }
    }

    public StreamLimits Streams { get; }

    public InFlight InFlight { get; } = new();

    public SingleLane Pushing { get; } = new();

    public SingleLane Subscribing { get; } = new();

    public bool ServesOnRequest(MessageCode code)
    {
        lock (_gate)
            return _machine.ServesOnRequest(code);
    }

    public bool TryTakeLookup(out LookupId lookup)
    {
        lock (_gate)
        {
            lookup = _lookup ?? default;
            bool isThere = _lookup is not null;
            _lookup = null;
            return isThere;
        }
    }

    /// <summary>Runs until the session is over, and closes the connection.</summary>
    /// <param name="drain">When it fires, the peer is told to come back later, and the session ends.</param>
    public async Task RunAsync(CancellationToken drain)
    {
        CloseCode code = CloseCode.None;
        try
        {
            await RunSessionAsync(drain);
        }
        catch (SessionBrokenException exception)
        {
            code = exception.Code;
            if (code == CloseCode.Deadline && Phase is not (SessionPhase.Active or SessionPhase.Restricted))
                _services.Metrics.LimitReached(GatewayLimit.OpenDeadline);
        }
        catch (RekeyException exception)
        {
            code = exception.Code;
        }
        catch (StreamGivenUpException exception)
        {
            // The session stream, or the notices': without them there is no session.
            code = CodeOf(exception.Reason);
        }
        catch (TransportException exception) when (exception.Kind == TransportErrorKind.IdleTimeout)
        {
            _services.Metrics.LimitReached(GatewayLimit.IdleTimeout);
        }
        catch (TransportException)
        {
            // The connection ended, or the peer gave the session stream up: there is nobody to tell.
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // Over by this end's own decision.
        }

        lock (_gate)
            _machine.Over();

        await _over.CancelAsync();
        await DetachAsync();
        await _connection.CloseAsync((long)code, string.Empty, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_notices is { } notices)
            await notices.DisposeAsync();

        _pace?.Dispose();
        _rekey?.Dispose();
        _streams?.Keys.Dispose();
        Streams.Dispose();
        _over.Dispose();
        await _connection.DisposeAsync();
    }

    private static SessionId NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return new SessionId { High = BinaryPrimitives.ReadUInt64BigEndian(bytes), Low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) };
    }

    private async Task RunSessionAsync(CancellationToken drain)
    {
        using var opening = new CancellationTokenSource(_services.Options.OpenDeadline, _services.Time);
        SealedChannel session;
        try
        {
            TransportStream stream = await _connection.AcceptStreamAsync(opening.Token) ?? throw new SessionBrokenException(CloseCode.None);
            if (stream.Direction != StreamDirection.Bidirectional)
                throw new SessionBrokenException(CloseCode.Handshake);

            SessionKeys keys = await HandshakeLane.RunAsync(stream, _services.RelayKey, _connection.CertificateHash, opening.Token);
            lock (_gate)
                _machine.HandshakeDone();

            _streams = new SessionStreams(keys);
            session = SealedChannel.Create(stream, _streams, Streams);
        }
        catch (OperationCanceledException) when (opening.IsCancellationRequested)
        {
            throw new SessionBrokenException(CloseCode.Deadline);
        }

        GatewayOptions options = _services.Options;
        var limits = new RekeyLimits { FramesSoft = options.RekeyFrames, AgeSoft = options.RekeyAge, ReplacedLife = options.RekeyGrace };
        _rekey = SessionRekey.ForRelay(_streams, session, _services.RelayKey, limits, _services.Time);
        _notices = new NoticeLane(_connection, _streams, Streams, Observer, () => Subscribing.IsTaken);
        await using (session)
            await RunLanesAsync(session, opening, drain);
    }

    private async Task RunLanesAsync(SealedChannel session, CancellationTokenSource opening, CancellationToken drain)
    {
        Task sessionLane = RunSessionStreamAsync(session, _over.Token);
        Task accepting = AcceptStreamsAsync(_over.Token);
        Task deadline = WatchDeadlineAsync(opening);
        Task draining = Task.Delay(Timeout.InfiniteTimeSpan, _services.Time, drain);
        Task notices = _notices!.RunAsync(_over.Token);
        Task renewing = RenewAsync(_over.Token);
        Task rekeying = KeepKeysAsync(_over.Token);
        try
        {
            Task first = await Task.WhenAny(sessionLane, accepting, deadline, draining, notices, renewing, rekeying, Observer.Ended);
            if (first == Observer.Ended)
                await SayByeAsync(await Observer.Ended == SessionEnd.Revoked ? ByeCode.DeviceRevoked : ByeCode.Superseded, retryAfterMs: null);
            else if (first == draining)
                await DrainAsync();
            else
                await first;
        }
        finally
        {
            await _over.CancelAsync();
            await Task.WhenAll(sessionLane, accepting, notices, renewing, rekeying).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Handshake and HELLO within one deadline; a JOIN session has its own.
    private async Task WatchDeadlineAsync(CancellationTokenSource opening)
    {
        Task late = Task.Delay(Timeout.InfiniteTimeSpan, _services.Time, opening.Token);
        if (await Task.WhenAny(_opened.Task, late) != _opened.Task)
            throw new SessionBrokenException(CloseCode.Deadline);

        if (Phase == SessionPhase.Joining)
        {
            await Task.Delay(_services.Options.JoinDeadline, _services.Time, _over.Token);
            throw new SessionBrokenException(CloseCode.Deadline);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, _services.Time, _over.Token);
    }

    // Not before WELCOME: until then the client takes nothing but the answer to what it asked, and a JOIN session is over before its keys are old.
    private async Task KeepKeysAsync(CancellationToken cancellationToken)
    {
        await _opened.Task.WaitAsync(cancellationToken);
        if (Phase != SessionPhase.Joining)
            await _rekey!.RunAsync(cancellationToken);

        await Task.Delay(Timeout.InfiniteTimeSpan, _services.Time, cancellationToken);
    }

    private SessionPhase Phase
    {
        get
        {
            lock (_gate)
                return _machine.Phase;
        }
    }

    private async Task RunSessionStreamAsync(SealedChannel channel, CancellationToken cancellationToken)
    {
        do
        {
            while (channel.TryReceive(FrameBytesMax, out ReadOnlyMemory<byte> message))
            {
                if (!await ServeSessionAsync(channel, message, cancellationToken))
                {
                    // Ended, not aborted: what was answered last must still arrive.
                    await channel.FlushAsync(endStream: true, cancellationToken);
                    return;
                }
            }
        }
        while (await channel.FillAsync(mayRest: true, cancellationToken));
    }

    private async Task AcceptStreamsAsync(CancellationToken cancellationToken)
    {
        var serving = new HashSet<Task>();
        try
        {
            while (await _connection.AcceptStreamAsync(cancellationToken) is { } stream)
            {
                serving.RemoveWhere(task => task.IsCompleted);
                if (stream.Direction == StreamDirection.Bidirectional)
                {
                    serving.Add(ServeStreamAsync(stream, cancellationToken));
                }
                else
                {
                    // Nothing is defined for a client's one-way stream.
                    GiveUp(stream, StreamAbort.Unwanted);
                    await stream.DisposeAsync();
                }
            }
        }
        finally
        {
            await Task.WhenAll(serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeStreamAsync(TransportStream stream, CancellationToken cancellationToken)
    {
        if (!SealedChannel.TryCreate(stream, _streams!, Streams, out SealedChannel? channel))
        {
            GiveUp(stream, StreamAbort.Repeated);
            await stream.DisposeAsync();
            return;
        }

        await using SealedChannel closing = channel;
        try
        {
            await new RequestLane(channel, this, _services).RunAsync(cancellationToken);
        }
        catch (TransportException)
        {
            // The peer gave this stream up; the others go on.
        }
        catch (StreamGivenUpException exception)
        {
            GiveUp(stream, exception.Reason);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session is over. Where all that was begun is answered a reset would take answers back that are on their way.
            if (_isDrained)
                await EndAsync(channel);
        }
        catch (OperationCanceledException)
        {
            GiveUp(stream, StreamAbort.Replaced);
        }
        catch (SessionBrokenException exception)
        {
            // A frame that does not authenticate, or too long, ends the whole session.
            await _connection.CloseAsync((long)exception.Code, string.Empty, CancellationToken.None);
        }
    }

    private static async Task EndAsync(SealedChannel channel)
    {
        try
        {
            await channel.EndWhereItIsAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is TransportException or StreamGivenUpException)
        {
            // Its peer, or the connection, has ended it.
        }
    }

    private void GiveUp(TransportStream stream, StreamAbort reason)
    {
        _services.StreamAborts.Add(reason);
        stream.AbortRead((long)CodeOf(reason));
        if (stream.CanWrite)
            stream.AbortWrite((long)CodeOf(reason));
    }

    private static CloseCode CodeOf(StreamAbort reason) => reason switch
    {
        StreamAbort.Late => CloseCode.Deadline,
        StreamAbort.Busy => CloseCode.Busy,
        _ => CloseCode.Unwanted,
    };

    // What is begun is finished and answered, what is not the client sends again when it comes back. They do not come back all at once.
    private async Task DrainAsync()
    {
        Task answered = InFlight.StopAsync();
        await SayByeAsync(ByeCode.RelayShuttingDown, (uint)RandomNumberGenerator.GetInt32(500, 5000));
        using var patience = new CancellationTokenSource(AnswerPatience, _services.Time);
        await answered.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _isDrained = answered.IsCompleted;
    }

    private async Task SayByeAsync(ByeCode reason, uint? retryAfterMs)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), _services.Time);
        try
        {
            await _notices!.ByeAsync(new Bye(reason, null, retryAfterMs), patience.Token);
        }
        catch (OperationCanceledException)
        {
            // A peer that takes nothing is not waited for.
        }
    }
}

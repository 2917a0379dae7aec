using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;

/// <summary>See <see cref="SimulatedLibrary"/>.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class SimulatedConnection(SimulatedLibrary library, IPEndPoint remote, bool isServer) : IQuicConnection
{
    private readonly Queue<SimulatedStream> _acceptable = new();
    private readonly List<SimulatedStream> _streams = [];
    private readonly Signal _changed = new();
    private readonly long[] _started = new long[2];
    private readonly long[] _limits = new long[2];
    private SimulatedConnection _peer = null!;
    private QuicConnectionOptions _options = null!;
    private IdleTimer? _idle;
    private Exception? _end;

    public IPEndPoint RemoteEndPoint => remote;

    public SimulatedLibrary Library => library;

    public long DefaultStreamErrorCode => _options.DefaultStreamErrorCode;

    public QuicConnectionOptions Options => _options;

    /// <summary>Streams that this end has and has not disposed.</summary>
    public int Undisposed => _streams.Count(stream => !stream.IsDisposed);

    public bool IsDisposed { get; private set; }

    public static void Join(SimulatedConnection client, QuicConnectionOptions clientOptions, SimulatedConnection server, QuicConnectionOptions serverOptions)
    {
        (client._peer, client._options) = (server, clientOptions);
        (server._peer, server._options) = (client, serverOptions);
        client.Grant(serverOptions.MaxInboundBidirectionalStreams, serverOptions.MaxInboundUnidirectionalStreams);
        server.Grant(clientOptions.MaxInboundBidirectionalStreams, clientOptions.MaxInboundUnidirectionalStreams);
        TimeSpan idle = clientOptions.IdleTimeout < serverOptions.IdleTimeout ? clientOptions.IdleTimeout : serverOptions.IdleTimeout;
        client._idle = new IdleTimer(idle, client.Library.Time, client.OnSilence);
        server._idle = new IdleTimer(idle, client.Library.Time, server.OnSilence);
        client._idle.Start();
        server._idle.Start();
    }

    public async ValueTask<IQuicStream> OpenAsync(QuicStreamType type)
    {
        SimulatedStream stream;
        lock (library.Gate)
        {
            ThrowIfOver();
            long number = _started[(int)type]++;
            long id = (number << 2) | (type == QuicStreamType.Unidirectional ? 2L : 0) | (isServer ? 1L : 0);
            stream = new SimulatedStream(this, _peer, id, type);
            library.OpensBeyondTheLimit += number < _limits[(int)type] ? 0 : 1;
        }

        while (true)
        {
            Task wait;
            lock (library.Gate)
            {
                ThrowIfOver();
                if (stream.Id >> 2 < _limits[(int)type])
                {
                    _streams.Add(stream);
                    return stream;
                }

                wait = _changed.Next;
            }

            await wait;
        }
    }

    public async ValueTask<IQuicStream> AcceptAsync()
    {
        while (true)
        {
            Task wait;
            lock (library.Gate)
            {
                ObjectDisposedException.ThrowIf(IsDisposed, this);
                if (_acceptable.TryDequeue(out SimulatedStream? stream))
                    return stream;

                ThrowIfOver();
                wait = _changed.Next;
            }

            await wait;
        }
    }

    public async ValueTask CloseAsync(long code)
    {
        await library.MayClose;
        lock (library.Gate)
        {
            End(SimulatedErrors.Of(QuicError.OperationAborted));
            _peer.End(SimulatedErrors.Of(QuicError.ConnectionAborted, code));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(_options.DefaultCloseErrorCode);
        lock (library.Gate)
        {
            IsDisposed = true;
            _changed.Pulse();
        }
    }

    /// <summary>Ends both ends with what a fault of the network or of a peer makes of it.</summary>
    public void Break(Exception here)
    {
        lock (library.Gate)
            End(here);
    }

    /// <summary>The peer hears of a stream with its first bytes, its end or an abort.</summary>
    public void Offer(SimulatedStream stream)
    {
        if (_end is not null)
            return;

        _streams.Add(stream);
        _acceptable.Enqueue(stream);
        _changed.Pulse();
    }

    public void ReturnSlot(QuicStreamType type) =>
        _peer.Grant(type == QuicStreamType.Bidirectional ? 1 : 0, type == QuicStreamType.Unidirectional ? 1 : 0);

    public void Heard() => _idle?.Heard();

    private void Grant(int bidirectional, int unidirectional)
    {
        _limits[(int)QuicStreamType.Bidirectional] += bidirectional;
        _limits[(int)QuicStreamType.Unidirectional] += unidirectional;
        _changed.Pulse();
        var capacity = new QuicStreamCapacityChangedArgs { BidirectionalIncrement = bidirectional, UnidirectionalIncrement = unidirectional };
        _ = Task.Run(() => _options.StreamCapacityCallback?.Invoke(null!, capacity));
    }

    private void End(Exception reason)
    {
        if (_end is not null)
            return;

        _end = reason;
        _idle?.Stop();
        foreach (SimulatedStream stream in _streams)
            stream.ConnectionEnded(reason);

        _changed.Pulse();
    }

    private void OnSilence()
    {
        lock (library.Gate)
        {
            if (_options.KeepAliveInterval > TimeSpan.Zero || _peer._options.KeepAliveInterval > TimeSpan.Zero)
                Heard();
            else
                End(SimulatedErrors.Of(QuicError.ConnectionIdle));
        }
    }

    // One exception object serves everybody there too: it is not thrown twice here only because a test would then see a wrong stack.
    private void ThrowIfOver()
    {
        if (_end is QuicException quic)
            throw new QuicException(quic.QuicError, quic.ApplicationErrorCode, quic.Message) { HResult = quic.HResult };
    }
}

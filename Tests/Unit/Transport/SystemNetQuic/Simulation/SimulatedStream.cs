using System.Net.Quic;
using System.Runtime.Versioning;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;

/// <summary>One end of a stream. See <see cref="SimulatedLibrary"/>.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class SimulatedStream : IQuicStream
{
    private readonly SimulatedConnection _connection;
    private readonly SimulatedPipe? _incoming;
    private readonly SimulatedPipe? _outgoing;
    private readonly SimulatedStream? _peer;
    private readonly bool _isLocal;
    private bool _isAnnounced;

    /// <summary>A stream that this end opens; the peer's end of it is made with it and shown later.</summary>
    public SimulatedStream(SimulatedConnection opener, SimulatedConnection accepter, long id, QuicStreamType type)
    {
        (_connection, _isLocal, Id, Type) = (opener, true, id, type);
        QuicReceiveWindowSizes there = accepter.Options.InitialReceiveWindowSizes;
        _outgoing = new SimulatedPipe(type == QuicStreamType.Bidirectional ? there.RemotelyInitiatedBidirectionalStream : there.UnidirectionalStream);
        _incoming = type == QuicStreamType.Bidirectional ? new SimulatedPipe(opener.Options.InitialReceiveWindowSizes.LocallyInitiatedBidirectionalStream) : null;
        _peer = new SimulatedStream(accepter, this);
    }

    private SimulatedStream(SimulatedConnection accepter, SimulatedStream opened)
    {
        (_connection, Id, Type, _isAnnounced) = (accepter, opened.Id, opened.Type, true);
        _incoming = opened._outgoing;
        _outgoing = opened._incoming;
        _peer = opened;
    }

    public long Id { get; }

    public QuicStreamType Type { get; }

    public bool IsDisposed { get; private set; }

    public Task WritesClosed => _outgoing!.WritesClosed;

    private Lock Gate => _connection.Library.Gate;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            Task wait;
            lock (Gate)
            {
                ObjectDisposedException.ThrowIf(IsDisposed, this);
                if (_incoming!.TryRead(buffer.Span) is { } count)
                    return count;

                wait = _incoming.Readable;
            }

            await wait;
            lock (Gate)
                _incoming.IsReading = false;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool completeWrites)
    {
        Task written;
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            written = _outgoing!.Write(data, completeWrites);
            if (!data.IsEmpty || completeWrites)
                Announce();
        }

        await written;
    }

    public void Abort(QuicAbortDirection direction, long code)
    {
        _connection.Library.BeforeAbort();
        lock (Gate)
        {
            if (IsDisposed)
                return;

            if (direction.HasFlag(QuicAbortDirection.Read))
                _incoming?.Stop(code);
            if (direction.HasFlag(QuicAbortDirection.Write))
                _outgoing?.Reset(code);

            Announce();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (Gate)
        {
            if (IsDisposed)
                return;

            IsDisposed = true;
            _incoming?.Stop(_connection.DefaultStreamErrorCode);
            if (_outgoing is { IsWriteOver: false })
            {
                _connection.Library.WritesEndedByDispose++;
                _outgoing.Write(ReadOnlyMemory<byte>.Empty, completeWrites: true);
                Announce();
            }
        }

        if (_outgoing is not null)
            await _outgoing.WritesClosed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        lock (Gate)
        {
            if (!_isLocal)
                _connection.ReturnSlot(Type);
        }
    }

    public void ConnectionEnded(Exception reason)
    {
        _incoming?.FailReader(reason);
        _outgoing?.FailWriter(reason);
    }

    private void Announce()
    {
        _peer!._connection.Heard();
        if (_isAnnounced)
            return;

        _isAnnounced = true;
        _peer._connection.Offer(_peer);
    }
}

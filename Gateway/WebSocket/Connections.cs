using System.Threading.Channels;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Gateway.WebSocket;

/// <summary>The connections of a listener: those that live, and those that wait to be accepted. A place is reserved before a connection is made.</summary>
internal sealed class Connections(TransportListenerOptions options)
{
    private readonly Lock _gate = new();
    private readonly HashSet<WebSocketConnection> _live = [];
    private readonly Channel<WebSocketConnection> _backlog = Channel.CreateBounded<WebSocketConnection>(options.AcceptBacklog);
    private int _reserved;
    private int _waiting;
    private bool _isStopped;

    /// <summary>Places taken.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _reserved;
        }
    }

    /// <summary>Why a newcomer has no chance, null where it has one; to be asked before the handshake's work.</summary>
    public ConnectionRefusal? Refusal
    {
        get
        {
            lock (_gate)
                return WhyNot();
        }
    }

    /// <summary>Takes a place in the limits; <see cref="Release"/> gives it back. A reason is a refusal, and nothing was taken.</summary>
    public ConnectionRefusal? Reserve()
    {
        lock (_gate)
        {
            if (WhyNot() is { } refusal)
                return refusal;

            _reserved++;
            _waiting++;
            return null;
        }
    }

    /// <returns>False where accepting has stopped in the meantime.</returns>
    public bool TryOffer(WebSocketConnection connection)
    {
        lock (_gate)
        {
            if (_isStopped || !_backlog.Writer.TryWrite(connection))
                return false;

            _live.Add(connection);
            return true;
        }
    }

    /// <param name="connection">Null where none came of the place.</param>
    public void Release(WebSocketConnection? connection)
    {
        lock (_gate)
        {
            _reserved--;
            if (connection is null || !_live.Remove(connection))
                _waiting--;
        }
    }

    public async ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _backlog.Reader.WaitToReadAsync(cancellationToken))
        {
            if (!_backlog.Reader.TryRead(out WebSocketConnection? connection))
                continue;

            lock (_gate)
                _waiting--;

            return connection;
        }

        return null;
    }

    public void Stop()
    {
        lock (_gate)
            _isStopped = true;

        _backlog.Writer.TryComplete();
    }

    public IReadOnlyList<WebSocketConnection> Live()
    {
        lock (_gate)
            return [.. _live];
    }

    private ConnectionRefusal? WhyNot() =>
        _isStopped ? ConnectionRefusal.Stopped
        : _reserved >= options.MaxConnections ? ConnectionRefusal.TooManyConnections
        : _waiting >= options.AcceptBacklog ? ConnectionRefusal.Busy
        : null;
}

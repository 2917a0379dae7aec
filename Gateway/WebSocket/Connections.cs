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

    /// <summary>Whether a newcomer has a chance; to be asked before the handshake's work.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
                return !_isStopped && _reserved < options.MaxConnections && _waiting < options.AcceptBacklog;
        }
    }

    /// <summary>Takes a place in the limits; <see cref="Release"/> gives it back.</summary>
    public bool TryReserve()
    {
        lock (_gate)
        {
            if (_isStopped || _reserved >= options.MaxConnections || _waiting >= options.AcceptBacklog)
                return false;

            _reserved++;
            _waiting++;
            return true;
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
}

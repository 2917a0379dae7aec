using System.Net;
using System.Threading.Channels;

namespace ZeroKSync.Transport.InMemory;

/// <summary>Accepts within an <see cref="InMemoryNetwork"/>.</summary>
internal sealed class InMemoryListener : TransportListener
{
    private readonly InMemoryNetwork _network;
    private readonly TransportListenerOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly Channel<TransportConnection> _backlog;
    private readonly Lock _gate = new();
    private readonly HashSet<TransportConnection> _connections = [];
    private bool _stopped;

    public InMemoryListener(InMemoryNetwork network, IPEndPoint address, TransportListenerOptions options, TimeProvider timeProvider)
    {
        _network = network;
        _options = options;
        _timeProvider = timeProvider;
        _backlog = Channel.CreateBounded<TransportConnection>(options.AcceptBacklog);
        LocalEndPoint = address;
        CertificateHash = SelfSignedCertificate.Hash(options.Certificate);
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override ReadOnlyMemory<byte> CertificateHash { get; }

    public override async ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _backlog.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_backlog.Reader.TryRead(out var connection))
                return connection;
        }

        return null;
    }

    public override ValueTask StopAcceptingAsync()
    {
        lock (_gate)
            _stopped = true;
        _backlog.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync().ConfigureAwait(false);
        _network.Release(LocalEndPoint);
        TransportConnection[] open;
        lock (_gate)
            open = [.. _connections];
        foreach (var connection in open)
            await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The listener's half of the handshake, in the order the real engines check.</summary>
    internal InMemoryConnection Connect(TransportConnectOptions client, IPEndPoint clientAddress)
    {
        if (_options.Admit is { } admit && !admit(clientAddress))
            throw Refused(TransportErrorKind.ConnectionRefused);
        if (client.Alpn != _options.Alpn)
            throw Refused(TransportErrorKind.AlpnMismatch);
        if (!client.CertificatePin.IsEmpty && !client.CertificatePin.Span.SequenceEqual(CertificateHash.Span))
            throw Refused(TransportErrorKind.CertificateRefused);

        var link = new InMemoryLink();
        var here = new InMemoryConnection(link, _options, client, isListenerSide: true, clientAddress, CertificateHash, _timeProvider);
        var there = new InMemoryConnection(link, client, _options, isListenerSide: false, LocalEndPoint, CertificateHash, _timeProvider);
        lock (_gate)
        {
            InMemoryConnection.Join(there, here);
            if (_stopped || _connections.Count == _options.MaxConnections || !_backlog.Writer.TryWrite(here))
            {
                there.Vanish();
                here.Vanish();
                throw Refused(TransportErrorKind.ConnectionRefused);
            }

            _connections.Add(here);
        }

        _ = ForgetWhenClosedAsync(here);
        return there;
    }

    private async Task ForgetWhenClosedAsync(InMemoryConnection connection)
    {
        await connection.Closed.ConfigureAwait(false);
        lock (_gate)
            _connections.Remove(connection);
    }

    private static TransportException Refused(TransportErrorKind kind) =>
        TransportException.Closed(new TransportCloseReason(kind, null, string.Empty, IsPeer: kind != TransportErrorKind.CertificateRefused));
}

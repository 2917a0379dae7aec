namespace ZeroKSync.Transport.InMemory;

/// <summary>
/// Connections inside one process, for tests and the simulator: no socket, no thread, no randomness; time comes from outside.
/// Limits, flow control, codes and timeouts follow the real engines and pass the same conformance suite.
/// </summary>
public sealed class InMemoryTransport(InMemoryNetwork network, TimeProvider timeProvider) : ITransport
{
    public string Name => "in-memory";

    public ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        return new(network.Bind(options, timeProvider));
    }

    public async ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var remote in options.RemoteEndPoints)
        {
            if (network.Find(remote) is { } listener)
                return listener.Connect(options, network.NextClientAddress());
        }

        // Like a datagram to a closed port: nobody answers.
        await Task.Delay(options.HandshakeTimeout, timeProvider, cancellationToken).ConfigureAwait(false);
        throw TransportException.Closed(new TransportCloseReason(TransportErrorKind.HandshakeTimeout, null, string.Empty, IsPeer: false));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

namespace ZeroKSync.Transport;

/// <summary>
/// One way to carry multiplexed, flow-controlled streams between two hosts. It owns what its connections share
/// (sockets, threads); it knows nothing of messages, identities or keys above layer 0 of the protocol.
/// </summary>
public interface ITransport : IAsyncDisposable
{
    /// <summary>The engine's name as shown to operators, for example <c>ngtcp2 1.11.0</c>.</summary>
    string Name { get; }

    /// <summary>Binds and starts accepting.</summary>
    /// <exception cref="TransportException"><see cref="TransportErrorKind.AddressInUse"/> and its like.</exception>
    ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default);

    /// <summary>Completes when the handshake has, or throws within <see cref="TransportConnectionOptions.HandshakeTimeout"/>.</summary>
    ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default);
}

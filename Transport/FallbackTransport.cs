namespace ZeroKSync.Transport;

/// <summary>
/// Connects by one engine and, where that has not answered after a head start or has failed, by another beside it: the first finished
/// handshake is taken, the other dropped. It owns neither engine. Every connect is a new race, so a network that changed is found out.
/// </summary>
/// <param name="first">The engine that is wanted.</param>
/// <param name="second">The engine that gets through where the first may not.</param>
/// <param name="headStart">What the first gets; a handshake on a good network is shorter.</param>
/// <param name="timeProvider">The clock of the head start.</param>
public sealed class FallbackTransport(ITransport first, ITransport second, TimeSpan headStart, TimeProvider timeProvider) : ITransport
{
    public string Name => $"{first.Name}, then {second.Name}";

    /// <summary>By the first engine: a listener for each is the caller's to start.</summary>
    public ValueTask<TransportListener> ListenAsync(TransportListenerOptions options, CancellationToken cancellationToken = default) =>
        first.ListenAsync(options, cancellationToken);

    /// <exception cref="TransportException">Both failed: the failure of the first.</exception>
    public async ValueTask<TransportConnection> ConnectAsync(TransportConnectOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        return await Race.RunAsync([Way(first, options), Way(second, options)], headStart, timeProvider, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Func<CancellationToken, Task<TransportConnection>> Way(ITransport engine, TransportConnectOptions options) =>
        async token => await engine.ConnectAsync(options, token).ConfigureAwait(false);
}

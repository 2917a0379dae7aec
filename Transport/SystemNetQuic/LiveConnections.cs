using System.Runtime.Versioning;

namespace ZeroKSync.Transport.SystemNetQuic;

/// <summary>The connections that a listener, or a client's transport, has to close at its end; each forgotten once the library has let go of it.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class LiveConnections
{
    // The closing period of a peer that does not answer is several round trips long; nobody waits that long for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<SystemNetQuicConnection> _connections = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _connections.Count;
        }
    }

    public void Add(SystemNetQuicConnection connection)
    {
        lock (_gate)
            _connections.Add(connection);

        _ = ForgetAsync(connection);
    }

    /// <summary>Closes them all and waits, for a while, until the library has let go of them.</summary>
    public async Task CloseAsync(TimeProvider timeProvider)
    {
        SystemNetQuicConnection[] all;
        lock (_gate)
            all = [.. _connections];

        await Task.WhenAll(all.Select(connection => connection.DisposeAsync().AsTask())).ConfigureAwait(false);
        using var patience = new CancellationTokenSource(Patience, timeProvider);
        await Task.WhenAll(all.Select(connection => connection.Ended)).WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ForgetAsync(SystemNetQuicConnection connection)
    {
        await connection.Ended.ConfigureAwait(false);
        lock (_gate)
            _connections.Remove(connection);
    }
}

using System.Net;

namespace ZeroKSync.Transport;

/// <summary>Accepts connections at one address. Disposing it closes every connection it accepted.</summary>
public abstract class TransportListener : IAsyncDisposable
{
    /// <summary>The address actually bound: a requested port 0 is replaced by the chosen one.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>SHA-256 of the DER leaf certificate this listener presents, 32 bytes.</summary>
    public abstract ReadOnlyMemory<byte> CertificateHash { get; }

    /// <summary>A snapshot.</summary>
    public virtual ListenerStatistics Statistics => default;

    /// <summary>The next connection whose handshake completed, or null once accepting has stopped.</summary>
    public abstract ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken = default);

    /// <summary>Refuses newcomers from now on; connections already made live on.</summary>
    public abstract ValueTask StopAcceptingAsync();

    public abstract ValueTask DisposeAsync();
}

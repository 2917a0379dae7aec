using System.Net;

namespace ZeroKSync.Transport;

/// <summary>
/// A connection after its handshake. Members may be called from any thread at any time; after the connection ended
/// they throw a <see cref="TransportException"/> that says how it ended.
/// </summary>
public abstract class TransportConnection : IAsyncDisposable
{
    /// <summary>Longest reason <see cref="CloseAsync"/> sends, in UTF-8 bytes; the rest is cut off.</summary>
    public const int MaxCloseReasonBytes = 256;

    /// <summary>Largest application code: a QUIC variable-length integer (RFC 9000 section 16).</summary>
    public const long MaxApplicationCode = (1L << 62) - 1;

    public abstract IPEndPoint RemoteEndPoint { get; }

    /// <summary>SHA-256 of the listener's DER leaf certificate: the same 32 bytes at both ends, bound into the session prologue.</summary>
    public abstract ReadOnlyMemory<byte> CertificateHash { get; }

    /// <summary>Completes, never faults, when the connection has ended for any reason.</summary>
    public abstract Task<TransportCloseReason> Closed { get; }

    /// <summary>A snapshot; figures may lag by some milliseconds.</summary>
    public abstract ConnectionStatistics Statistics { get; }

    /// <summary>
    /// Opens a stream, waiting while the peer's stream limit is reached. A cancelled wait uses up nothing.
    /// The peer learns of the stream when the first bytes, the end or an abort are sent.
    /// </summary>
    public abstract ValueTask<TransportStream> OpenStreamAsync(StreamDirection direction, CancellationToken cancellationToken = default);

    /// <summary>
    /// The next stream the peer opened, or null after the connection ended. The peer gets a slot of its limit back when
    /// the stream was accepted here and has ended in both directions.
    /// </summary>
    public abstract ValueTask<TransportStream?> AcceptStreamAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends the connection. Stream data already written is delivered first if the peer takes it within
    /// <see cref="TransportConnectionOptions.CloseFlushTimeout"/>. Completes when the close is on its way. The code reaches the peer over every
    /// engine, the reason over some (not System.Net.Quic): it is for people.
    /// </summary>
    public abstract ValueTask CloseAsync(long code, string reason, CancellationToken cancellationToken = default);

    /// <summary>Closes with code 0 unless already closed.</summary>
    public abstract ValueTask DisposeAsync();
}

namespace ZeroKSync.Transport;

/// <summary>The one exception of the transport. Its message holds no address, id or payload.</summary>
public sealed class TransportException : IOException
{
    public TransportException(TransportErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
    }

    public TransportErrorKind Kind { get; }

    /// <summary>The code an application gave with a close, reset or stop; null where none was given.</summary>
    public long? ApplicationCode { get; init; }

    /// <summary>Whether the peer caused it.</summary>
    public bool IsPeer { get; init; }

    internal static TransportException Closed(TransportCloseReason reason) =>
        new(reason.Kind, reason.Describe()) { ApplicationCode = reason.ApplicationCode, IsPeer = reason.IsPeer };

    internal static TransportException Reset(long code) =>
        new(TransportErrorKind.StreamReset, $"The peer reset the stream with code {code}.") { ApplicationCode = code, IsPeer = true };

    internal static TransportException Stopped(long code) =>
        new(TransportErrorKind.StreamStopped, $"The peer stopped reading the stream with code {code}.") { ApplicationCode = code, IsPeer = true };

    internal static TransportException AbortedLocally() =>
        new(TransportErrorKind.ClosedLocally, "This direction of the stream was aborted or disposed at this end.");
}

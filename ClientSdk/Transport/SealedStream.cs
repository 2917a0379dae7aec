using ZeroKSync.Protocol;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Client.Transport;

/// <summary>
/// A stream whose frames are sealed by the session. One sender and one receiver at a time; what <see cref="ReceiveAsync"/> returned lies
/// in this object's memory until the next call.
/// </summary>
internal sealed class SealedStream : FramePipe
{
    private readonly TransportStream _stream;
    private readonly FrameLimit _limit;

    private SealedStream(TransportStream stream, SessionStreams session, FrameLimit limit, FrameSealer? sealer, FrameOpener? opener)
        : base(session, sealer, opener)
    {
        _stream = stream;
        _limit = limit;
    }

    /// <summary>Seals a stream; it is this object's from now on.</summary>
    /// <param name="limit">The session's, which its streams share.</param>
    /// <exception cref="RelayProtocolException">The relay opened it under a number it had used.</exception>
    public static async ValueTask<SealedStream> CreateAsync(TransportStream stream, SessionStreams session, FrameLimit limit)
    {
        if (session.TryCreate(stream.Id, stream.CanWrite, stream.CanRead, out FrameSealer? sealer, out FrameOpener? opener))
            return new SealedStream(stream, session, limit, sealer, opener);

        await stream.DisposeAsync().ConfigureAwait(false);
        throw new RelayProtocolException(CloseCode.Unwanted, "The relay opened a stream a second time.");
    }

    /// <summary>The next message, or null at the end of the stream.</summary>
    /// <exception cref="RelayProtocolException">The bytes are not a sealed frame of this stream.</exception>
    /// <exception cref="TransportException">The stream or its connection ended early.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (Receive(_limit.BodyBytesMax, out ReadOnlyMemory<byte> message))
            {
                case FrameStatus.Message:
                    return message;
                case FrameStatus.NotAuthentic:
                    throw new RelayProtocolException(CloseCode.Authentication, "A frame of the relay does not authenticate.");
                case FrameStatus.TooLong:
                    throw new RelayProtocolException(CloseCode.Length, "A frame of the relay is longer than allowed.");
                default:
                    break;
            }

            if (!await TryFillAsync(cancellationToken).ConfigureAwait(false))
                return Received.Buffered == 0 ? default(ReadOnlyMemory<byte>?) : throw new RelayProtocolException(CloseCode.Length, "The relay ended a stream inside a frame.");
        }
    }

    public override void Abort(CloseCode code)
    {
        if (_stream.CanRead)
            _stream.AbortRead((long)code);
        if (_stream.CanWrite)
            _stream.AbortWrite((long)code);
    }

    protected override ValueTask<int> ReadBytesAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _stream.ReadAsync(buffer, cancellationToken);

    protected override ValueTask WriteBytesAsync(ReadOnlyMemory<byte> bytes, bool endStream, CancellationToken cancellationToken) =>
        _stream.WriteAsync(bytes, endStream, cancellationToken);

    protected override ValueTask CloseAsync() => _stream.DisposeAsync();
}

using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Bench.Relay;

/// <summary>A stream of the product's session layer on the product's transport, with nothing of the SDK around it. One sender and one receiver at a time.</summary>
internal sealed class RelayStream : FramePipe
{
    private readonly TransportStream _stream;

    private RelayStream(TransportStream stream, SessionStreams session, FrameSealer? sealer, FrameOpener? opener)
        : base(session, sealer, opener)
    {
        _stream = stream;
    }

    public static RelayStream Create(TransportStream stream, SessionStreams session) =>
        session.TryCreate(stream.Id, stream.CanWrite, stream.CanRead, out FrameSealer? sealer, out FrameOpener? opener)
            ? new RelayStream(stream, session, sealer, opener)
            : throw new InvalidOperationException("The stream has its keys already.");

    /// <summary>The next message that is here whole already; it lies in this object's memory until the next read.</summary>
    public bool TryReceive(out ReadOnlyMemory<byte> message) => Receive(Limits.FrameBytes, out message) switch
    {
        FrameStatus.Message => true,
        FrameStatus.Incomplete => false,
        _ => throw new InvalidOperationException("The relay sent what is no frame of this stream."),
    };

    /// <summary>Waits for more bytes.</summary>
    /// <exception cref="InvalidOperationException">The relay ended the stream.</exception>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (!await TryFillAsync(cancellationToken))
            throw new InvalidOperationException("The relay ended the stream.");
    }

    /// <exception cref="InvalidOperationException">The relay sent something else.</exception>
    public async ValueTask<T> ReceiveAsync<T>(CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        ReadOnlyMemory<byte> message;
        while (!TryReceive(out message))
            await FillAsync(cancellationToken);

        return Decode<T>(message);
    }

    /// <exception cref="InvalidOperationException">It is something else.</exception>
    public static T Decode<T>(ReadOnlyMemory<byte> message)
        where T : class, IMessage<T>
    {
        if (MessageCodec.TryDecode(message, out T? decoded))
            return decoded;

        string what = MessageCodec.TryDecode(message, out Error? error) ? $"ERROR {error.Reason}" : "something else";
        throw new InvalidOperationException($"{typeof(T).Name} was expected, and the relay sent {what}.");
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

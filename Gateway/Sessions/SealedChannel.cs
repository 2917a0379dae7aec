using System.Buffers;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// The relay's end of a stream whose frames the session seals. One receiver and one sender at a time; a message it returned lies in its
/// memory until the next receive.
/// </summary>
internal sealed class SealedChannel : IAsyncDisposable
{
    private readonly FrameSealer? _sealer;
    private readonly FrameOpener? _opener;
    private readonly FrameAccumulator _received = new();
    private readonly ArrayBufferWriter<byte> _pending = new();
    private byte[] _scratch = [];

    public SealedChannel(TransportStream stream, SessionKeys keys)
    {
        Stream = stream;
        _sealer = stream.CanWrite ? keys.CreateSealer(stream.Id) : null;
        _opener = stream.CanRead ? keys.CreateOpener(stream.Id) : null;
    }

    public TransportStream Stream { get; }

    /// <summary>The next message that has arrived whole already; false where there is none.</summary>
    /// <exception cref="SessionBrokenException">The bytes are no frame of this stream.</exception>
    public bool TryReceive(int bodyBytesMax, out ReadOnlyMemory<byte> message)
    {
        while (true)
        {
            switch (_received.TryRead(bodyBytesMax, out Memory<byte> frame))
            {
                case FrameReadStatus.Frame when _opener!.TryOpenInPlace(frame, out message):
                    // Empty: the frame only moves its stream to new keys.
                    if (!message.IsEmpty)
                        return true;

                    continue;
                case FrameReadStatus.Frame:
                    throw new SessionBrokenException(CloseCode.Authentication);
                case FrameReadStatus.TooLong:
                    throw new SessionBrokenException(CloseCode.Length);
                default:
                    message = default;
                    return false;
            }
        }
    }

    /// <summary>Waits for more bytes; false at the end of the stream.</summary>
    /// <exception cref="SessionBrokenException">The stream ended inside a frame.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        int count = await Stream.ReadAsync(_received.GetWritable(), cancellationToken);
        if (count > 0)
        {
            _received.Advance(count);
            return true;
        }

        return _received.Buffered == 0 ? false : throw new SessionBrokenException(CloseCode.Length);
    }

    /// <summary>Seals a message for the next flush.</summary>
    public void Append<T>(T message)
        where T : class, IMessage<T>
    {
        int size = MessageCodec.GetEncodedSize(message);
        if (_scratch.Length < size)
            _scratch = new byte[Math.Max(size, _scratch.Length * 2)];

        MessageCodec.Encode(message, _scratch);
        int frameSize = FrameSealer.GetFrameSize(size);
        _sealer!.Seal(_scratch.AsSpan(0, size), _pending.GetSpan(frameSize)[..frameSize]);
        _pending.Advance(frameSize);
    }

    public async ValueTask FlushAsync(bool endStream, CancellationToken cancellationToken)
    {
        await Stream.WriteAsync(_pending.WrittenMemory, endStream, cancellationToken);
        _pending.ResetWrittenCount();
    }

    public ValueTask SendAsync<T>(T message, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        Append(message);
        return FlushAsync(endStream: false, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        _sealer?.Dispose();
        _opener?.Dispose();
    }
}

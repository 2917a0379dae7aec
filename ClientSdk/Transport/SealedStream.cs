using System.Buffers;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Client.Transport;

/// <summary>
/// A stream whose frames are sealed by the session. One sender and one receiver at a time; what <see cref="ReceiveAsync"/> returned lies
/// in this object's memory until the next call.
/// </summary>
internal sealed class SealedStream : IAsyncDisposable
{
    private readonly TransportStream _stream;
    private readonly FrameSealer? _sealer;
    private readonly FrameOpener? _opener;
    private readonly FrameAccumulator _received = new();
    private readonly ArrayBufferWriter<byte> _pending = new();
    private byte[] _scratch = [];

    public SealedStream(TransportStream stream, SessionKeys keys)
    {
        _stream = stream;
        _sealer = stream.CanWrite ? keys.CreateSealer(stream.Id) : null;
        _opener = stream.CanRead ? keys.CreateOpener(stream.Id) : null;
    }

    /// <summary>Bytes sealed and not yet sent.</summary>
    public int PendingBytes => _pending.WrittenCount;

    /// <summary>Seals a message for the next <see cref="FlushAsync"/>.</summary>
    public void Append<T>(T message)
        where T : class, IMessage<T>
    {
        int size = MessageCodec.GetEncodedSize(message);
        if (_scratch.Length < size)
            _scratch = new byte[Math.Max(size, _scratch.Length * 2)];

        MessageCodec.Encode(message, _scratch);
        int frameSize = FrameSealer.GetFrameSize(size);
        Sealer.Seal(_scratch.AsSpan(0, size), _pending.GetSpan(frameSize)[..frameSize]);
        _pending.Advance(frameSize);
    }

    /// <summary>Sends what was appended.</summary>
    /// <param name="endStream">Nothing follows in this direction.</param>
    /// <param name="cancellationToken">A cancelled send leaves the stream of no use.</param>
    public async ValueTask FlushAsync(bool endStream, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_pending.WrittenMemory, endStream, cancellationToken).ConfigureAwait(false);
        _pending.ResetWrittenCount();
    }

    public ValueTask SendAsync<T>(T message, bool endStream, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        Append(message);
        return FlushAsync(endStream, cancellationToken);
    }

    /// <summary>The next message, or null at the end of the stream.</summary>
    /// <exception cref="RelayProtocolException">The bytes are not a sealed frame of this stream.</exception>
    /// <exception cref="TransportException">The stream or its connection ended early.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (_received.TryRead(Limits.FrameBytes, out Memory<byte> frame))
            {
                case FrameReadStatus.Frame when Opener.TryOpenInPlace(frame, out ReadOnlyMemory<byte> message):
                    // Empty: the frame only moves its stream to new keys.
                    if (!message.IsEmpty)
                        return message;

                    continue;
                case FrameReadStatus.Frame:
                    throw new RelayProtocolException(CloseCode.Authentication, "A frame of the relay does not authenticate.");
                case FrameReadStatus.TooLong:
                    throw new RelayProtocolException(CloseCode.Length, "A frame of the relay is longer than allowed.");
                default:
                    break;
            }

            int count = await _stream.ReadAsync(_received.GetWritable(), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                return _received.Buffered == 0 ? default(ReadOnlyMemory<byte>?) : throw new RelayProtocolException(CloseCode.Length, "The relay ended a stream inside a frame.");

            _received.Advance(count);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _sealer?.Dispose();
        _opener?.Dispose();
    }

    private FrameSealer Sealer => _sealer ?? throw new InvalidOperationException("This direction of the stream is the relay's.");

    private FrameOpener Opener => _opener ?? throw new InvalidOperationException("This direction of the stream is this end's.");
}

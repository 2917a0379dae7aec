using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// The relay's end of a stream whose frames the session seals. One receiver and one sender at a time; a message it returned lies in its
/// memory until the next receive. A peer that keeps it waiting inside a frame, or does not take what it asked for, loses the stream.
/// </summary>
internal sealed class SealedChannel : IAsyncDisposable
{
    private readonly StreamLimits _limits;
    private readonly FrameSealer? _sealer;
    private readonly FrameOpener? _opener;
    private readonly FrameAccumulator _received = new();
    private readonly PendingFrames _pending = new();
    private readonly Patience _reading;
    private readonly Patience _writing;
    private bool _hasPlace;

    public SealedChannel(TransportStream stream, SessionKeys keys, StreamLimits limits)
    {
        Stream = stream;
        _limits = limits;
        _reading = new Patience(limits.Time, Abort);
        _writing = new Patience(limits.Time, Abort);
        _sealer = stream.CanWrite ? keys.CreateSealer(stream.Id) : null;
        _opener = !stream.CanRead ? null : keys.TryCreateOpener(stream.Id, out FrameOpener? opener) ? opener : throw new InvalidOperationException();
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
                    _reading.Renew();
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

    /// <summary>Waits for more bytes after everything whole was received; false at the end of the stream.</summary>
    /// <param name="mayRest">Whether the peer may take its time between frames; inside one it may not.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SessionBrokenException">The stream ended inside a frame.</exception>
    /// <exception cref="StreamGivenUpException">The peer was waited for too long, or has too much unfinished.</exception>
    public async ValueTask<bool> FillAsync(bool mayRest, CancellationToken cancellationToken)
    {
        Fit();
        ValueTask<int> read = Stream.ReadAsync(_received.GetWritable(), cancellationToken);
        int count = read.IsCompletedSuccessfully || (mayRest && _received.Buffered == 0)
            ? await read
            : await WaitAsync(read);
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
        Span<byte> frame = _pending.Add(FrameSealer.GetFrameSize(size));
        Span<byte> place = frame.Slice(FrameSealer.HeaderBytes, size);
        MessageCodec.Encode(message, place);
        _sealer!.Seal(place, frame);
    }

    /// <exception cref="StreamGivenUpException">The peer does not take it.</exception>
    public async ValueTask FlushAsync(bool endStream, CancellationToken cancellationToken)
    {
        ValueTask write = Stream.WriteAsync(_pending.Written, endStream, cancellationToken);
        if (write.IsCompletedSuccessfully)
            await write;
        else
            await WaitAsync(write);

        _pending.Clear();
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
        _reading.Dispose();
        _writing.Dispose();
        GiveUpPlace();
    }

    // Takes one of the session's places for a long frame before it is read on, and gives it back when there is none.
    private void Fit()
    {
        bool isLong = _received.Claimed > StreamLimits.FreeFrameBytes;
        if (isLong && !_hasPlace)
        {
            _hasPlace = _limits.TryTakeLongFrame();
            if (!_hasPlace)
                throw new StreamGivenUpException(StreamAbort.Busy);
        }
        else if (!isLong && _hasPlace)
        {
            _received.Shrink();
            GiveUpPlace();
        }
    }

    private void GiveUpPlace()
    {
        if (!_hasPlace)
            return;

        _hasPlace = false;
        _limits.GiveBackLongFrame();
    }

    private async ValueTask<int> WaitAsync(ValueTask<int> read)
    {
        _reading.Begin(_limits.Allow((int)_received.Claimed));
        try
        {
            return await read;
        }
        catch (TransportException) when (_reading.IsOver)
        {
            throw new StreamGivenUpException(StreamAbort.Late);
        }
        finally
        {
            _reading.End();
        }
    }

    private async ValueTask WaitAsync(ValueTask write)
    {
        _writing.Begin(_limits.Allow(_pending.Written.Length));
        try
        {
            await write;
        }
        catch (TransportException) when (_writing.IsOver)
        {
            throw new StreamGivenUpException(StreamAbort.Late);
        }
        finally
        {
            _writing.End();
            _writing.Renew();
        }
    }

    // The wait under way fails with it.
    private void Abort()
    {
        if (Stream.CanRead)
            Stream.AbortRead((long)CloseCode.Deadline);
        if (Stream.CanWrite)
            Stream.AbortWrite((long)CloseCode.Deadline);
    }
}

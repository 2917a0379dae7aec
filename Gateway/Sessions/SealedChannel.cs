using System.Diagnostics.CodeAnalysis;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.Transport;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// The relay's end of a stream whose frames the session seals. One receiver and one sender at a time; a message it returned lies in its
/// memory until the next receive. A peer that keeps it waiting inside a frame, or does not take what it asked for, loses the stream.
/// </summary>
internal sealed class SealedChannel : FramePipe
{
    private readonly StreamLimits _limits;
    private readonly Patience _reading;
    private readonly Patience _writing;
    private long _placeBytes;
    private bool _mayRest;

    private SealedChannel(TransportStream stream, SessionStreams session, FrameSealer? sealer, FrameOpener? opener, StreamLimits limits)
        : base(session, sealer, opener)
    {
        Stream = stream;
        _limits = limits;
        _reading = new Patience(limits.Time, () => Abort(CloseCode.Deadline));
        _writing = new Patience(limits.Time, () => Abort(CloseCode.Deadline));
    }

    public TransportStream Stream { get; }

    /// <summary>Seals a stream, which is the channel's from then on. False, and the stream stays the caller's, where its number was used before.</summary>
    public static bool TryCreate(TransportStream stream, SessionStreams session, StreamLimits limits, [NotNullWhen(true)] out SealedChannel? channel)
    {
        channel = session.TryCreate(stream.Id, stream.CanWrite, stream.CanRead, out FrameSealer? sealer, out FrameOpener? opener)
            ? new SealedChannel(stream, session, sealer, opener, limits)
            : null;
        return channel is not null;
    }

    /// <summary>Seals a stream that is known to be new: this end opened it, or it is the session's first.</summary>
    /// <exception cref="InvalidOperationException">Its number was used before.</exception>
    public static SealedChannel Create(TransportStream stream, SessionStreams session, StreamLimits limits) =>
        TryCreate(stream, session, limits, out SealedChannel? channel) ? channel : throw new InvalidOperationException("The stream has its keys already.");

    /// <summary>The next message that has arrived whole already; false where there is none.</summary>
    /// <exception cref="SessionBrokenException">The bytes are no frame of this stream.</exception>
    public bool TryReceive(int bodyBytesMax, out ReadOnlyMemory<byte> message) => Receive(bodyBytesMax, out message) switch
    {
        FrameStatus.Message => true,
        FrameStatus.Incomplete => false,
        FrameStatus.TooLong => throw new SessionBrokenException(CloseCode.Length),
        _ => throw new SessionBrokenException(CloseCode.Authentication),
    };

    /// <summary>Waits for more bytes after everything whole was received; false at the end of the stream.</summary>
    /// <param name="mayRest">Whether the peer may take its time between frames; inside one it may not.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SessionBrokenException">The stream ended inside a frame.</exception>
    /// <exception cref="StreamGivenUpException">The peer was waited for too long, or has too much unfinished.</exception>
    public async ValueTask<bool> FillAsync(bool mayRest, CancellationToken cancellationToken)
    {
        Fit();
        _mayRest = mayRest;
        if (await TryFillAsync(cancellationToken))
            return true;

        return Received.Buffered == 0 ? false : throw new SessionBrokenException(CloseCode.Length);
    }

    public ValueTask SendAsync<T>(T message, CancellationToken cancellationToken)
        where T : class, IMessage<T> => SendAsync(message, endStream: false, cancellationToken);

    /// <summary>Gives the stream up in both directions. The wait under way fails with it.</summary>
    public override void Abort(CloseCode code)
    {
        if (Stream.CanRead)
            Stream.AbortRead((long)code);
        if (Stream.CanWrite)
            Stream.AbortWrite((long)code);
    }

    protected override void FrameOpened() => _reading.Renew();

    protected override ValueTask<int> ReadBytesAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ValueTask<int> read = Stream.ReadAsync(buffer, cancellationToken);
        return read.IsCompletedSuccessfully || (_mayRest && Received.Buffered == 0) ? read : WaitAsync(read);
    }

    /// <exception cref="StreamGivenUpException">The peer does not take it.</exception>
    protected override ValueTask WriteBytesAsync(ReadOnlyMemory<byte> bytes, bool endStream, CancellationToken cancellationToken)
    {
        ValueTask write = Stream.WriteAsync(bytes, endStream, cancellationToken);
        return write.IsCompletedSuccessfully ? write : WaitAsync(write, bytes.Length);
    }

    protected override async ValueTask CloseAsync()
    {
        await Stream.DisposeAsync();
        _reading.Dispose();
        _writing.Dispose();
        GiveUpPlace();
    }

    // Takes one of the session's places for a long frame before it is read on, and gives it back when there is none.
    private void Fit()
    {
        long claimed = Received.Claimed;
        if (claimed > StreamLimits.FreeFrameBytes && _placeBytes == 0)
        {
            if (!_limits.TryTakeLongFrame(claimed))
                throw new StreamGivenUpException(StreamAbort.Busy);

            _placeBytes = claimed;
        }
        else if (claimed > _placeBytes && _placeBytes > 0)
        {
            _limits.GrowLongFrame(claimed - _placeBytes);
            _placeBytes = claimed;
        }
        else if (claimed <= StreamLimits.FreeFrameBytes && _placeBytes > 0)
        {
            Received.Shrink();
            GiveUpPlace();
        }
    }

    private void GiveUpPlace()
    {
        if (_placeBytes == 0)
            return;

        _limits.GiveBackLongFrame(_placeBytes);
        _placeBytes = 0;
    }

    private async ValueTask<int> WaitAsync(ValueTask<int> read)
    {
        _reading.Begin(_limits.Allow((int)Received.Claimed));
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

    private async ValueTask WaitAsync(ValueTask write, int bytes)
    {
        _writing.Begin(_limits.Allow(bytes));
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
}

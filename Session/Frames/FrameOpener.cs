using ZeroKSync.Protocol.Framing;

namespace ZeroKSync.Session;

/// <summary>
/// Opens the frames of one stream in one direction, strictly in the order they were sealed: a frame that was changed, repeated, left
/// out before, or sealed for another stream does not open. The first frame says under which of the session's epochs the stream begins; after
/// that it goes on to later ones, never back, and erases the old key at its first new frame. After a false the stream's connection
/// ends. One thread at a time.
/// </summary>
public sealed class FrameOpener : IDisposable
{
    /// <summary>Bytes that a body has beyond its message: epoch and tag.</summary>
    public const int OverheadBytes = FrameSealer.OverheadBytes - FrameHeader.Size;

    private const int EpochBytes = 1;
    private const int NoEpoch = -1;

    private readonly SessionKeys? _keys;
    private readonly long _streamId;
    private EpochKeys? _epochKeys;
    private FrameCipher? _cipher;
    private int _epoch;
    private ulong _counter;

    internal FrameOpener(SessionKeys keys, long streamId)
    {
        _keys = keys;
        _streamId = streamId;
        _epoch = NoEpoch;
    }

    /// <summary>Of one key for ever: for known answers only.</summary>
    internal FrameOpener(FrameCipher cipher, ulong counter = 0)
    {
        _cipher = cipher;
        _epoch = SessionKeys.FirstEpoch;
        _counter = counter;
    }

    /// <summary>The epoch of the last frame that opened; -1 before the first. To be read from any thread.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>Frames that opened under <see cref="Epoch"/>.</summary>
    public ulong FramesOfEpoch { get; private set; }

    /// <summary>Opens the next frame. False leaves zeros, says nothing about why and changes nothing.</summary>
    /// <param name="body">What follows the length: epoch, ciphertext and tag.</param>
    /// <param name="message">At least <paramref name="body"/>'s length less <see cref="OverheadBytes"/>.</param>
    /// <param name="messageLength">Bytes written; 0 for an empty message.</param>
    /// <exception cref="ArgumentException">The message does not fit.</exception>
    public bool TryOpen(ReadOnlySpan<byte> body, Span<byte> message, out int messageLength)
    {
        messageLength = 0;
        int length = body.Length - OverheadBytes;
        if (length < 0)
            return false;

        if (message.Length < length)
            throw new ArgumentException("The message does not fit.", nameof(message));

        if (_counter == FrameSealer.CounterEnd)
            return false;

        bool isSameEpoch = body[0] == _epoch && _cipher is not null;
        if (isSameEpoch ? !TryDecrypt(_cipher!, body, message[..length]) : !TryMove(body, message[..length]))
            return false;

        _counter++;
        FramesOfEpoch++;
        messageLength = length;
        if (_epochKeys is not null)
            _keys?.CountReceived(_epochKeys);

        return true;
    }

    /// <summary>Opens the next frame where it lies.</summary>
    /// <param name="frame">The whole frame with its length, as <see cref="FrameAccumulator"/> gives it; overwritten.</param>
    /// <param name="message">The part of <paramref name="frame"/> that is the message.</param>
    public bool TryOpenInPlace(Memory<byte> frame, out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (frame.Length < FrameSealer.OverheadBytes || !FrameHeader.TryRead(frame.Span, frame.Length - FrameHeader.Size, out int bodyLength)
            || bodyLength != frame.Length - FrameHeader.Size)
        {
            return false;
        }

        Memory<byte> place = frame.Slice(FrameSealer.HeaderBytes, bodyLength - OverheadBytes);
        if (!TryOpen(frame.Span[FrameHeader.Size..], place.Span, out _))
            return false;

        message = place;
        return true;
    }

    /// <inheritdoc />
    public void Dispose() => _cipher?.Dispose();

    private bool TryDecrypt(FrameCipher cipher, ReadOnlySpan<byte> body, Span<byte> message)
    {
        Span<byte> header = stackalloc byte[FrameSealer.HeaderBytes];
        FrameHeader.Write(header, body.Length);
        header[FrameHeader.Size] = body[0];
        return cipher.TryDecrypt(_counter, header, body[EpochBytes..], message);
    }

    // The frame of another epoch than the last one's: the stream's first at all, or its first of a later one. A stream that could not write
    // during an epoch has nothing of it; the counter goes on, so no frame was left out. Until it has opened nothing is moved.
    private bool TryMove(ReadOnlySpan<byte> body, Span<byte> message)
    {
        // NoEpoch lies before all of them.
        if (body[0] <= _epoch || _keys is null || !_keys.TryGetReceiving(_streamId, body[0], out EpochKeys? epoch, out FrameCipher? cipher))
            return false;

        if (!TryDecrypt(cipher, body, message))
        {
            cipher.Dispose();
            return false;
        }

        _cipher?.Dispose();
        (_epochKeys, _cipher, FramesOfEpoch) = (epoch, cipher, 0);
        Volatile.Write(ref _epoch, epoch.Epoch);
        return true;
    }
}

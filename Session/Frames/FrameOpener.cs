using ZeroKSync.Protocol.Framing;

namespace ZeroKSync.Session;

/// <summary>
/// Opens the frames of one stream in one direction, strictly in the order they were sealed: a frame that was changed, repeated, left
/// out before, or sealed for another stream does not open. After a false the stream's connection ends. One thread at a time.
/// </summary>
public sealed class FrameOpener : IDisposable
{
    /// <summary>Bytes that a body has beyond its message: epoch and tag.</summary>
    public const int OverheadBytes = FrameSealer.OverheadBytes - FrameHeader.Size;

    private const int EpochBytes = 1;

    private readonly FrameCipher _cipher;
    private ulong _counter;

    internal FrameOpener(FrameCipher cipher, ulong counter = 0)
    {
        _cipher = cipher;
        _counter = counter;
    }

    /// <summary>Opens the next frame. False leaves zeros, says nothing about why and changes nothing.</summary>
    /// <param name="body">What follows the length: epoch, ciphertext and tag.</param>
    /// <param name="message">At least <paramref name="body"/>'s length less <see cref="OverheadBytes"/>.</param>
    /// <param name="messageLength">Bytes written; 0 for an empty message.</param>
    /// <exception cref="ArgumentException">The message does not fit.</exception>
    public bool TryOpen(ReadOnlySpan<byte> body, Span<byte> message, out int messageLength)
    {
        messageLength = 0;
        int length = body.Length - OverheadBytes;
        if (length < 0 || body[0] != SessionKeys.FirstEpoch || _counter == FrameSealer.CounterEnd)
            return false;

        if (message.Length < length)
            throw new ArgumentException("The message does not fit.", nameof(message));

        Span<byte> header = stackalloc byte[FrameSealer.HeaderBytes];
        FrameHeader.Write(header, body.Length);
        header[FrameHeader.Size] = body[0];
        if (!_cipher.TryDecrypt(_counter, header, body[EpochBytes..], message[..length]))
            return false;

        _counter++;
        messageLength = length;
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
    public void Dispose() => _cipher.Dispose();
}

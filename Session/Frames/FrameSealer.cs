using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;

namespace ZeroKSync.Session;

/// <summary>
/// Seals the frames of one stream in one direction: <c>length u32 | epoch u8 | ciphertext | tag 16</c>. The counter is the nonce, so the
/// order of calls is the order on the wire. It goes to the session's new keys by itself, between two frames, and erases its old ones then.
/// One thread at a time.
/// </summary>
public sealed class FrameSealer : IDisposable
{
    /// <summary>Where the ciphertext starts, and bytes of associated data: length and epoch.</summary>
    public const int HeaderBytes = FrameHeader.Size + 1;

    /// <summary>Bytes that a frame has beyond its message.</summary>
    public const int OverheadBytes = HeaderBytes + FrameCipher.TagBytes;

    /// <summary>The longest message of a frame.</summary>
    public const int MessageBytesMax = Limits.FrameBytes - (OverheadBytes - FrameHeader.Size);

    // Noise keeps the last nonce for itself.
    internal const ulong CounterEnd = ulong.MaxValue;

    private readonly SessionKeys? _keys;
    private readonly long _streamId;
    private EpochKeys? _epoch;
    private FrameCipher _cipher;
    private ulong _counter;

    internal FrameSealer(SessionKeys keys, long streamId, EpochKeys epoch, FrameCipher cipher)
    {
        _keys = keys;
        _streamId = streamId;
        _epoch = epoch;
        _cipher = cipher;
    }

    /// <summary>Of one key for ever: for known answers only.</summary>
    internal FrameSealer(FrameCipher cipher, ulong counter = 0)
    {
        _cipher = cipher;
        _counter = counter;
    }

    /// <summary>The epoch of the next frame, as far as <see cref="Move"/> has been called.</summary>
    public byte Epoch => _epoch?.Epoch ?? SessionKeys.FirstEpoch;

    /// <summary>Whether the stream went to new keys and its peer has seen no frame of them: an empty one tells it.</summary>
    public bool OwesFrame { get; private set; }

    /// <summary>Bytes of the whole frame of a message.</summary>
    /// <param name="messageLength">0 to <see cref="MessageBytesMax"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No frame can carry it.</exception>
    public static int GetFrameSize(int messageLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(messageLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messageLength, MessageBytesMax);
        return messageLength + OverheadBytes;
    }

    /// <summary>
    /// Goes to the session's current keys, where it is not there, and erases the old ones. The counter goes on: from 0 again, the last frames under the
    /// old keys could be left out and the first under the new ones would open all the same.
    /// </summary>
    public void Move()
    {
        if (_epoch is null || _keys is null || !_keys.TryMove(_streamId, _epoch, out EpochKeys? epoch, out FrameCipher? cipher))
            return;

        _cipher.Dispose();
        (_epoch, _cipher, OwesFrame) = (epoch, cipher, true);
    }

    /// <summary>Writes the frame of a message, its length included.</summary>
    /// <param name="message">May lie in the frame itself, at <see cref="HeaderBytes"/>.</param>
    /// <param name="frame">At least <see cref="GetFrameSize"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="InvalidOperationException">The counter is used up; a nonce is never repeated.</exception>
    public int Seal(ReadOnlySpan<byte> message, Span<byte> frame)
    {
        int size = GetFrameSize(message.Length);
        if (frame.Length < size)
            throw new ArgumentException("The frame does not fit.", nameof(frame));

        Move();
        if (_counter == CounterEnd)
            throw new InvalidOperationException("The stream has sealed all the frames its key allows.");

        FrameHeader.Write(frame, size - FrameHeader.Size);
        frame[FrameHeader.Size] = Epoch;
        _cipher.Encrypt(_counter, frame[..HeaderBytes], message, frame[HeaderBytes..size]);
        _counter++;
        OwesFrame = false;
        if (_epoch is not null)
            _keys?.CountSent(_epoch);

        return size;
    }

    /// <inheritdoc />
    public void Dispose() => _cipher.Dispose();
}

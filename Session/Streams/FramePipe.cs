using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Session;

/// <summary>
/// One stream whose frames the session seals, without the stream: who derives from it brings the bytes. One receiver and one sender at a
/// time; beside them the session moves it to new keys. A message it returned lies in its memory until the next read. Pushes that are
/// appended one after another share a frame, up to <see cref="SharedBytesMax"/>, and so do their answers: of a short message its seal would be
/// most of the cost.
/// </summary>
public abstract class FramePipe : IAsyncDisposable
{
    /// <summary>Messages share a frame up to so many bytes; a longer one has a frame of its own. Such a frame is none of the long ones that are counted.</summary>
    public const int SharedBytesMax = (16 << 10) - FrameSealer.OverheadBytes;

    private readonly Lock _gate = new();
    private readonly SessionStreams _session;
    private readonly FrameSealer? _sealer;
    private readonly FrameOpener? _opener;
    private readonly PendingFrames _pending = new();
    private readonly SemaphoreSlim _writing = new(1);
    private bool _isSealed;
    private volatile bool _isRead;

    // A write that did not come to its end may have left half a frame.
    private bool _isCut;

    // Of the frame that was opened last: the messages that were not taken yet.
    private ReadOnlyMemory<byte> _unread;

    /// <param name="session">Knows of this stream until it is disposed of.</param>
    /// <param name="sealer">Null where this end does not write; owned from now on.</param>
    /// <param name="opener">Null where this end does not read; owned from now on.</param>
    protected FramePipe(SessionStreams session, FrameSealer? sealer, FrameOpener? opener)
    {
        ArgumentNullException.ThrowIfNull(session);
        _session = session;
        _sealer = sealer;
        _opener = opener;
        session.Add(this);
    }

    /// <summary>Bytes of frames that are not yet sent.</summary>
    public int PendingBytes
    {
        get
        {
            lock (_gate)
                return _pending.Count;
        }
    }

    /// <summary>What arrived and is not yet taken as a message.</summary>
    protected FrameAccumulator Received { get; } = new();

    /// <summary>The epoch of the last frame received, -1 before the first, and how many came under it.</summary>
    internal (int Epoch, ulong Frames) Heard => _opener is null ? (-1, 0) : (_opener.Epoch, _opener.FramesOfEpoch);

    /// <summary>The next message that has arrived whole already. Empty frames, which only move their stream to new keys, are passed over.</summary>
    public FrameStatus Receive(int bodyBytesMax, out ReadOnlyMemory<byte> message)
    {
        message = default;
        FrameOpener opener = _opener ?? throw new InvalidOperationException("This direction of the stream is this end's.");
        while (_unread.IsEmpty)
        {
            switch (Received.TryRead(bodyBytesMax, out Memory<byte> frame))
            {
                case FrameReadStatus.Frame when !opener.TryOpenInPlace(frame, out _unread):
                    return FrameStatus.NotAuthentic;
                case FrameReadStatus.Frame:
                    FrameOpened();
                    break;
                case FrameReadStatus.TooLong:
                    return FrameStatus.TooLong;
                default:
                    return FrameStatus.Incomplete;
            }
        }

        int length = MessageCodec.GetFirstLength(_unread);
        (message, _unread) = (_unread[..length], _unread[length..]);
        return FrameStatus.Message;
    }

    /// <summary>Waits for more bytes; false at the end of the stream.</summary>
    public async ValueTask<bool> TryFillAsync(CancellationToken cancellationToken)
    {
        // The memory they lie in is used again by the read.
        if (!_unread.IsEmpty)
            _unread = _unread.ToArray();

        int count = await ReadBytesAsync(Received.GetWritable(), cancellationToken).ConfigureAwait(false);
        Received.Advance(count);
        _isRead = count == 0;
        return count > 0;
    }

    /// <summary>Leaves a message for the next <see cref="FlushAsync"/>.</summary>
    public void Append<T>(T message)
        where T : class, IMessage<T>
    {
        lock (_gate)
            Add(message);
    }

    /// <summary>Sends what was appended.</summary>
    /// <param name="endStream">Nothing follows in this direction.</param>
    /// <param name="cancellationToken">A cancelled send leaves the stream of no use.</param>
    public async ValueTask FlushAsync(bool endStream, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_gate)
                _isSealed |= endStream;

            await WritePendingAsync(endStream, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Sends a message, with what was appended before.</summary>
    public ValueTask SendAsync<T>(T message, bool endStream, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        Append(message);
        return FlushAsync(endStream, cancellationToken);
    }

    /// <summary>
    /// Ends this direction where it is, if that is between two frames: what is on its way arrives, what waits for its flush is not sent. Inside a frame
    /// nothing is done.
    /// </summary>
    public async ValueTask EndWhereItIsAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                if (_isCut || _isSealed)
                    return;

                _isSealed = true;
            }

            await WriteBytesAsync(default, endStream: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Gives the stream up in both directions.</summary>
    public abstract void Abort(CloseCode code);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _session.Remove(this);
        await CloseAsync().ConfigureAwait(false);
        lock (_gate)
        {
            _isSealed = true;
            _sealer?.Dispose();
            _pending.Dispose();
        }

        _opener?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads at least one byte into the buffer, or returns 0 at the end of the stream.</summary>
    protected abstract ValueTask<int> ReadBytesAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends bytes, of which none are kept afterwards.</summary>
    protected abstract ValueTask WriteBytesAsync(ReadOnlyMemory<byte> bytes, bool endStream, CancellationToken cancellationToken);

    /// <summary>Ends the stream below.</summary>
    protected abstract ValueTask CloseAsync();

    /// <summary>A frame of the peer was opened, with a message or without.</summary>
    protected virtual void FrameOpened()
    {
    }

    /// <summary>Whether the peer still sends on this stream under an epoch whose keys are gone.</summary>
    internal bool IsBehind(byte oldestEpoch) => !_isRead && _opener is { Epoch: >= 0 } opener && opener.Epoch < oldestEpoch;

    /// <summary>Goes to the session's current keys for what is sealed next: at once, whatever is being sent.</summary>
    internal void Move()
    {
        lock (_gate)
        {
            if (!_isSealed)
                _sealer?.Move();
        }
    }

    /// <summary>Has the session switch its keys, and makes this message the stream's first under them: whoever else appends comes before or after both.</summary>
    internal void SwitchAndAppend<T>(Action switchKeys, T message)
        where T : class, IMessage<T>
    {
        lock (_gate)
        {
            SealShared();
            switchKeys();
            Add(message);
        }
    }

    /// <summary>Tells the peer of a move, with the messages that wait or else with an empty frame, unless one has told it.</summary>
    internal async Task SendMoveAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                if (_isSealed || _sealer is not { OwesFrame: true })
                    return;

                SealShared();
                if (_sealer.OwesFrame)
                    _sealer.Seal(default, _pending.Begin());
            }

            await WritePendingAsync(endStream: false, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    // Under the gate.
    private void Add<T>(T message)
        where T : class, IMessage<T>
    {
        int size = MessageCodec.GetEncodedSize(message);
        // Before anything is written: a message that no frame can carry leaves the others as they are.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, FrameSealer.MessageBytesMax, nameof(message));
        bool isShared = MessageCodec.SharesFrames(T.Code);
        if (!isShared || _pending.SharedBytes + size > SharedBytesMax)
            SealShared();

        MessageCodec.Encode(message, _pending.Share(size));
        if (!isShared)
            SealShared();
    }

    // Under the gate: what was appended since the last frame becomes one.
    private void SealShared()
    {
        int bytes = _pending.SharedBytes;
        if (bytes == 0)
            return;

        Span<byte> frame = _pending.EndShared();
        Sealer.Seal(frame.Slice(FrameSealer.HeaderBytes, bytes), frame);
    }

    // Under the right to write; frames may be appended meanwhile, and wait for the next.
    private async ValueTask WritePendingAsync(bool endStream, CancellationToken cancellationToken)
    {
        ArraySegment<byte> frames;
        bool wasCut;
        lock (_gate)
        {
            SealShared();
            frames = _pending.Take();
            wasCut = _isCut;
            _isCut |= frames.Count > 0;
        }

        if (frames.Count == 0 && !endStream)
            return;

        await WriteBytesAsync(frames, endStream, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            _isCut = wasCut;
            _pending.GiveBack(frames);
        }
    }

    private FrameSealer Sealer => _sealer ?? throw new InvalidOperationException("This direction of the stream is the peer's.");
}

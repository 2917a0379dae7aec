using System.Diagnostics.CodeAnalysis;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>
/// What the handshakes of a session leave: the direction keys of its epochs, the hash of the first handshake and the peer's static key. Every
/// stream gets its own keys from it, once in each epoch. A rekey is staged first, which lets the peer's frames of the new epoch in, and
/// switched to then. Disposing of it ends the making of keys; sealers and openers that have theirs own them.
/// </summary>
public sealed class SessionKeys : IDisposable
{
    /// <summary>Bytes of <see cref="HandshakeHash"/>.</summary>
    public const int HandshakeHashBytes = 32;

    /// <summary>The key epoch a session starts with.</summary>
    public const byte FirstEpoch = 0;

    /// <summary>The epoch after which a session is opened anew: its number has one byte on the wire.</summary>
    public const byte LastEpoch = byte.MaxValue;

    private readonly Lock _gate = new();
    private readonly bool _isInitiator;
    private readonly byte[] _handshakeHash;
    private readonly StreamWindow _sealed = new();
    private readonly StreamWindow _opened = new();

    // Oldest first: replaced ones whose receiving key still lives, the current one, and the staged one.
    private readonly List<EpochKeys> _live = [];
    private volatile EpochKeys _current;
    private EpochKeys? _staged;
    private byte[] _lastHash;
    private bool _isDisposed;
    private long _framesSoft = long.MaxValue;
    private long _framesHard = long.MaxValue;

    /// <param name="keys">Initiator to responder, responder to initiator; erased.</param>
    internal SessionKeys(SecretBytes keys, bool isInitiator, ReadOnlySpan<byte> handshakeHash, Bytes32 peer)
    {
        _isInitiator = isInitiator;
        _handshakeHash = handshakeHash.ToArray();
        _lastHash = _handshakeHash;
        Peer = peer;
        using (keys)
            _current = new EpochKeys(FirstEpoch, keys, isInitiator);

        _live.Add(_current);
    }

    /// <summary>32 bytes that no other session has: the first handshake's hash, whatever rekeys follow. HELLO's proof is bound to it.</summary>
    public ReadOnlySpan<byte> HandshakeHash => _handshakeHash;

    /// <summary>The hash of the last handshake, the first or a rekey's: what the next rekey is bound to.</summary>
    public ReadOnlySpan<byte> LastHandshakeHash => _lastHash;

    /// <summary>The peer's X25519 static key: for the relay the device, for the client the relay.</summary>
    public Bytes32 Peer { get; }

    /// <summary>The device at the other end, as the handshake proved it: for the relay.</summary>
    /// <exception cref="InvalidOperationException">This is the client's side.</exception>
    public DeviceId Device =>
        _isInitiator ? throw new InvalidOperationException("The peer of a client is a relay.") : new DeviceId(Peer);

    /// <summary>The epoch this end seals under.</summary>
    public byte Epoch => _current.Epoch;

    /// <summary>The oldest epoch that a stream may still be received under.</summary>
    public byte OldestEpoch
    {
        get
        {
            lock (_gate)
                return _live[0].Epoch;
        }
    }

    /// <summary>Epochs whose keys exist, the staged one included.</summary>
    public int EpochsLive
    {
        get
        {
            lock (_gate)
                return _live.Count;
        }
    }

    /// <summary>Frames of the current epoch in the direction that has more of them, over all streams.</summary>
    public long Frames
    {
        get
        {
            EpochKeys current = _current;
            return Math.Max(current.Sent, current.Received);
        }
    }

    /// <summary>When the next replaced epoch is due to be erased; null where none waits.</summary>
    public TimeSpan? NextErasure
    {
        get
        {
            lock (_gate)
                return _live[0].EraseAt;
        }
    }

    /// <summary>Fires when a direction reaches one of the counts of <see cref="Watch"/>.</summary>
    internal RekeySignal Due { get; } = new();

    /// <summary>Makes what seals this side's frames on a stream. Costs one key expansion, and one more in each epoch.</summary>
    /// <param name="streamId">The transport's number of the stream, not negative.</param>
    /// <exception cref="InvalidOperationException">The stream had one already: a second one would repeat its nonces.</exception>
    public FrameSealer CreateSealer(long streamId)
    {
        lock (_gate)
        {
            // Where the keys are gone the number is not used up.
            FrameCipher cipher = _current.SendingCipher(streamId);
            if (_sealed.TryTake(streamId))
                return new FrameSealer(this, streamId, _current, cipher);

            cipher.Dispose();
            throw new InvalidOperationException("The stream has its keys already, or is too old to tell.");
        }
    }

    /// <summary>
    /// Makes what opens the peer's frames on a stream. False where the stream had one already, since a second one would accept its frames
    /// again, or is so far back that nothing is known of it: the peer may have chosen the number.
    /// </summary>
    /// <param name="streamId">The transport's number of the stream, not negative.</param>
    /// <param name="opener">Owns the keys it will have: which epoch's, its first frame says.</param>
    public bool TryCreateOpener(long streamId, [NotNullWhen(true)] out FrameOpener? opener)
    {
        lock (_gate)
            opener = _opened.TryTake(streamId) ? new FrameOpener(this, streamId) : null;

        return opener is not null;
    }

    /// <summary>
    /// Takes the keys of a finished rekey as the next epoch: frames of the peer under it open from now on, this end seals as before. False,
    /// with nothing changed, where the handshake was done by somebody else than the session's peer, or no epoch is left.
    /// </summary>
    /// <param name="next">Stays the caller's.</param>
    public bool TryStage(SessionKeys next)
    {
        ArgumentNullException.ThrowIfNull(next);
        lock (_gate)
        {
            if (_staged is not null || _current.Epoch == LastEpoch || next.Peer != Peer || next._isInitiator != _isInitiator)
                return false;

            _staged = new EpochKeys((byte)(_current.Epoch + 1), next._current);
            _live.Add(_staged);
            _lastHash = next._handshakeHash;
            return true;
        }
    }

    /// <summary>
    /// Seals under the staged epoch from now on. The old sending key is erased here; the old receiving key is kept for streams of the peer that
    /// have not been heard from.
    /// </summary>
    /// <param name="eraseAt">When <see cref="EraseReplaced"/> is to erase it.</param>
    /// <exception cref="InvalidOperationException">Nothing is staged.</exception>
    public void Switch(TimeSpan eraseAt)
    {
        lock (_gate)
        {
            EpochKeys next = _staged ?? throw new InvalidOperationException("No rekey is finished.");
            EpochKeys replaced = _current;
            _current = next;
            _staged = null;
            replaced.EraseSending();
            replaced.EraseAt = eraseAt;
        }
    }

    /// <summary>Erases the replaced epochs whose time has come. A stream that has not moved from them is to be aborted.</summary>
    /// <returns>Whether there were any.</returns>
    public bool EraseReplaced(TimeSpan now)
    {
        lock (_gate)
        {
            int due = _live.FindIndex(keys => !(keys.EraseAt <= now));
            for (int i = 0; i < due; i++)
                _live[i].Dispose();

            _live.RemoveRange(0, due);
            return due > 0;
        }
    }

    /// <summary>Counts of frames, per direction and epoch, at which <see cref="Due"/> fires.</summary>
    public void Watch(long framesSoft, long framesHard)
    {
        Volatile.Write(ref _framesSoft, framesSoft);
        Volatile.Write(ref _framesHard, framesHard);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (EpochKeys keys in _live)
                keys.Dispose();
        }
    }

    /// <summary>Gives a sealer the current epoch's key of its stream, where it has an older one.</summary>
    internal bool TryMove(long streamId, EpochKeys from, [NotNullWhen(true)] out EpochKeys? epoch, [NotNullWhen(true)] out FrameCipher? cipher)
    {
        (epoch, cipher) = (null, null);
        if (_current == from)
            return false;

        lock (_gate)
            (epoch, cipher) = (_current, _current.SendingCipher(streamId));

        return true;
    }

    /// <summary>Gives an opener the key of its stream in an epoch that a frame names; false where there is none.</summary>
    internal bool TryGetReceiving(long streamId, byte number, [NotNullWhen(true)] out EpochKeys? epoch, [NotNullWhen(true)] out FrameCipher? cipher)
    {
        lock (_gate)
        {
            epoch = _isDisposed ? null : _live.Find(keys => keys.Epoch == number);
            cipher = epoch?.ReceivingCipher(streamId);
            return cipher is not null;
        }
    }

    internal void CountSent(EpochKeys epoch) => Count(epoch.CountSent());

    internal void CountReceived(EpochKeys epoch) => Count(epoch.CountReceived());

    private void Count(long frames)
    {
        if (frames == Volatile.Read(ref _framesSoft) || frames == Volatile.Read(ref _framesHard))
            Due.Fire();
    }
}

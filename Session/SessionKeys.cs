using System.Buffers.Binary;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>
/// What a finished handshake leaves: one key per direction, the handshake hash and the peer's static key. Every stream gets its own
/// keys from it. Disposing of it ends the making of new sealers and openers; those that exist own their keys.
/// </summary>
public sealed class SessionKeys : IDisposable
{
    /// <summary>Bytes of <see cref="HandshakeHash"/>.</summary>
    public const int HandshakeHashBytes = 32;

    /// <summary>The key epoch a session starts with. Later ones come with a rekey.</summary>
    internal const byte FirstEpoch = 0;

    private readonly Lock _gate = new();
    private readonly SecretBytes _keys;
    private readonly bool _isInitiator;
    private readonly byte[] _handshakeHash;
    private readonly StreamWindow _sealed = new();
    private readonly StreamWindow _opened = new();

    /// <param name="keys">Initiator to responder, responder to initiator; owned from now on.</param>
    internal SessionKeys(SecretBytes keys, bool isInitiator, ReadOnlySpan<byte> handshakeHash, Bytes32 peer)
    {
        _keys = keys;
        _isInitiator = isInitiator;
        _handshakeHash = handshakeHash.ToArray();
        Peer = peer;
    }

    /// <summary>32 bytes that no other session has: what HELLO's proof is bound to.</summary>
    public ReadOnlySpan<byte> HandshakeHash => _handshakeHash;

    /// <summary>The peer's X25519 static key: for the relay the device, for the client the relay.</summary>
    public Bytes32 Peer { get; }

    /// <summary>The device at the other end, as the handshake proved it: for the relay.</summary>
    /// <exception cref="InvalidOperationException">This is the client's side.</exception>
    public DeviceId Device =>
        _isInitiator ? throw new InvalidOperationException("The peer of a client is a relay.") : new DeviceId(Peer);

    /// <summary>Makes what seals this side's frames on a stream. Costs one key expansion.</summary>
    /// <param name="streamId">The transport's number of the stream, not negative.</param>
    /// <exception cref="InvalidOperationException">The stream had one already: a second one would repeat its nonces.</exception>
    public FrameSealer CreateSealer(long streamId) => new(CreateCipher(streamId, _sealed, isFromInitiator: _isInitiator));

    /// <summary>Makes what opens the peer's frames on a stream. Costs one key expansion.</summary>
    /// <param name="streamId">The transport's number of the stream, not negative.</param>
    /// <exception cref="InvalidOperationException">The stream had one already: a second one would accept its frames again.</exception>
    public FrameOpener CreateOpener(long streamId) => new(CreateCipher(streamId, _opened, isFromInitiator: !_isInitiator));

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
            _keys.Dispose();
    }

    private FrameCipher CreateCipher(long streamId, StreamWindow window, bool isFromInitiator)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(streamId);
        Span<byte> info = stackalloc byte[Labels.Stream.Length + sizeof(ulong) + 1];
        Span<byte> key = stackalloc byte[FrameCipher.KeyBytes];
        Labels.Stream.CopyTo(info);
        BinaryPrimitives.WriteInt64BigEndian(info[Labels.Stream.Length..], streamId);
        info[^1] = FirstEpoch;
        lock (_gate)
        {
            ReadOnlySpan<byte> keys = _keys.Span;
            if (!window.TryTake(streamId))
                throw new InvalidOperationException("The stream has its keys already, or is too old to tell.");

            Hkdf.Expand(isFromInitiator ? keys[..FrameCipher.KeyBytes] : keys[FrameCipher.KeyBytes..], info, key);
        }

        var cipher = new FrameCipher(key);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}

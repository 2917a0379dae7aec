using System.Buffers.Binary;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Session;

/// <summary>
/// The two direction keys of one key epoch of a session, as this end uses them, and the frames they have carried. <see cref="SessionKeys"/>
/// says when a half is erased, and calls one at a time; only the counts are touched from everywhere.
/// </summary>
internal sealed class EpochKeys : IDisposable
{
    private readonly SecretBytes _sending;
    private readonly SecretBytes _receiving;
    private long _sent;
    private long _received;

    /// <param name="keys">Initiator to responder, responder to initiator; stays the caller's.</param>
    internal EpochKeys(byte epoch, SecretBytes keys, bool isInitiator)
    {
        ReadOnlySpan<byte> fromInitiator = keys.Span[..FrameCipher.KeyBytes], fromResponder = keys.Span[FrameCipher.KeyBytes..];
        Epoch = epoch;
        _sending = SecretBytes.CopyFrom(isInitiator ? fromInitiator : fromResponder);
        _receiving = SecretBytes.CopyFrom(isInitiator ? fromResponder : fromInitiator);
    }

    /// <summary>The keys of a rekey's handshake under the number they get in their session.</summary>
    internal EpochKeys(byte epoch, EpochKeys made)
    {
        Epoch = epoch;
        _sending = made._sending.Copy();
        _receiving = made._receiving.Copy();
    }

    internal byte Epoch { get; }

    /// <summary>Frames sealed under this epoch, on all streams.</summary>
    internal long Sent => Interlocked.Read(ref _sent);

    /// <summary>Frames opened under this epoch, on all streams.</summary>
    internal long Received => Interlocked.Read(ref _received);

    /// <summary>When the receiving key goes; null while no later epoch has replaced this one.</summary>
    internal TimeSpan? EraseAt { get; set; }

    internal long CountSent() => Interlocked.Increment(ref _sent);

    internal long CountReceived() => Interlocked.Increment(ref _received);

    internal FrameCipher SendingCipher(long streamId) => Derive(_sending, streamId);

    internal FrameCipher ReceivingCipher(long streamId) => Derive(_receiving, streamId);

    /// <summary>The streams that send have keys of their own: nobody needs this one again.</summary>
    internal void EraseSending() => _sending.Dispose();

    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }

    // "zks/1 stream" || stream id u64 || epoch u8: with one key for each epoch and direction, no two streams and no two epochs share one.
    private FrameCipher Derive(SecretBytes directionKey, long streamId)
    {
        Span<byte> info = stackalloc byte[Labels.Stream.Length + sizeof(ulong) + 1];
        Span<byte> key = stackalloc byte[FrameCipher.KeyBytes];
        Labels.Stream.CopyTo(info);
        BinaryPrimitives.WriteInt64BigEndian(info[Labels.Stream.Length..], streamId);
        info[^1] = Epoch;
        Hkdf.Expand(directionKey.Span, info, key);
        var cipher = new FrameCipher(key);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}

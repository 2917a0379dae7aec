using System.Buffers.Binary;

namespace ZeroKSync.Protocol;

/// <summary>
/// The part of a sealed blob that the relay may read: <c>version u8 | key_epoch u32 | first_seq u64 | previous 32 | nonce 24 | commitment 32</c>,
/// big-endian, then the ciphertext to the end. Sender, sequence and blob id are bound to it and travel beside it.
/// </summary>
/// <param name="KeyEpoch">Whose key seals it.</param>
/// <param name="FirstSeq">First sequence the blob stands for.</param>
/// <param name="Previous">Link of the sender's blob before; zeros for the first.</param>
public readonly record struct EnvelopeHeader(KeyEpoch KeyEpoch, Sequence FirstSeq, SequenceLink Previous)
{
    /// <summary>The one version of the envelope there is.</summary>
    public const byte Version = 1;

    public const int NonceBytes = 24;

    public const int CommitmentBytes = 32;

    /// <summary>Where the nonce starts.</summary>
    public const int NonceOffset = 1 + sizeof(uint) + sizeof(ulong) + SequenceLink.Size;

    /// <summary>Where the commitment starts.</summary>
    public const int CommitmentOffset = NonceOffset + NonceBytes;

    /// <summary>Bytes before the ciphertext.</summary>
    public const int Size = CommitmentOffset + CommitmentBytes;

    private const int KeyEpochOffset = 1;
    private const int FirstSeqOffset = KeyEpochOffset + sizeof(uint);
    private const int PreviousOffset = FirstSeqOffset + sizeof(ulong);

    /// <summary>Writes everything up to the nonce.</summary>
    public void Write(Span<byte> envelope)
    {
        envelope[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(envelope[KeyEpochOffset..], KeyEpoch.Value);
        BinaryPrimitives.WriteUInt64BigEndian(envelope[FirstSeqOffset..], FirstSeq.Value);
        Previous.CopyTo(envelope[PreviousOffset..]);
    }

    /// <summary>Reads the header of an envelope of this version that is long enough to have one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> envelope, out EnvelopeHeader header)
    {
        header = default;
        if (envelope.Length < Size || envelope[0] != Version)
            return false;

        header = new EnvelopeHeader(
            new KeyEpoch(BinaryPrimitives.ReadUInt32BigEndian(envelope[KeyEpochOffset..])),
            new Sequence(BinaryPrimitives.ReadUInt64BigEndian(envelope[FirstSeqOffset..])),
            SequenceLink.Read(envelope.Slice(PreviousOffset, SequenceLink.Size)));
        return true;
    }
}

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Crypto;

/// <summary>
/// Seals blobs into envelopes and opens them (docs/CRYPTOGRAPHY.md, Blobs). A blob is sealed once and sent byte for byte ever after;
/// opening says yes or no and nothing else.
/// </summary>
internal sealed class BlobSealer(GroupKeyring keyring)
{
    private const int KeyBytes = XChaCha20Poly1305.KeyBytes + EnvelopeHeader.CommitmentBytes;

    private static readonly int AssociatedDataBytes =
        Labels.Blob.Length + 1 + GroupId.Size + sizeof(uint) + DeviceId.Size + (2 * sizeof(ulong)) + BlobId.Size + SequenceLink.Size;

    /// <summary>Seals with the current epoch's key.</summary>
    /// <param name="ids">Bound to the envelope; <c>ids.SenderSeq</c> is the last sequence it stands for.</param>
    /// <param name="firstSeq">The first one: the same but for a void run.</param>
    /// <param name="previous">Link of the sequence before.</param>
    /// <param name="type">Goes inside the seal.</param>
    /// <param name="payload">At most <see cref="Padding.PayloadBytesMax"/> bytes.</param>
    public byte[] Seal(in BlobIds ids, Sequence firstSeq, SequenceLink previous, BlobType type, ReadOnlySpan<byte> payload)
    {
        // Random: 192 bits do not repeat, whatever device or backup seals.
        Span<byte> nonce = stackalloc byte[EnvelopeHeader.NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        return Seal(ids, new EnvelopeHeader(keyring.Current.Epoch, firstSeq, previous), type, payload, nonce);
    }

    /// <summary>Seals once more, under the current epoch's key and a new nonce, what a relay no longer takes under the epoch it was sealed in: the same blob in every other respect.</summary>
    /// <param name="ids">Of the blob.</param>
    /// <param name="envelope">As it was sealed.</param>
    /// <param name="again">As it is sealed now.</param>
    /// <returns>False where it does not open.</returns>
    public bool TryReseal(in BlobIds ids, ReadOnlySpan<byte> envelope, [NotNullWhen(true)] out byte[]? again)
    {
        again = TryOpen(ids, envelope, out OpenedBlob opened) ? Seal(ids, opened.Header.FirstSeq, opened.Header.Previous, opened.Type, opened.Payload.Span) : null;
        return again is not null;
    }

    /// <summary>With a given nonce: for known answers only. The header's epoch names the key.</summary>
    internal byte[] Seal(in BlobIds ids, in EnvelopeHeader header, BlobType type, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> nonce)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, Padding.PayloadBytesMax);
        if (!keyring.TryGet(header.KeyEpoch, out GroupKeys? groupKeys))
            throw new ArgumentException("This device has no key of that epoch.", nameof(header));

        int padded = Padding.PaddedLength(payload.Length);
        byte[] envelope = new byte[EnvelopeHeader.Size + padded + XChaCha20Poly1305.TagBytes];
        header.Write(envelope);
        nonce.CopyTo(envelope.AsSpan(EnvelopeHeader.NonceOffset));

        Span<byte> keys = stackalloc byte[KeyBytes];
        Span<byte> associatedData = stackalloc byte[AssociatedDataBytes];
        DeriveKeys(groupKeys, nonce, keys);
        WriteAssociatedData(keyring.GroupId, ids, header, associatedData);
        keys[XChaCha20Poly1305.KeyBytes..].CopyTo(envelope.AsSpan(EnvelopeHeader.CommitmentOffset));
        Span<byte> ciphertext = envelope.AsSpan(EnvelopeHeader.Size);
        // The plaintext is laid where the ciphertext goes: libsodium allows the same place.
        Padding.Write(type, payload, ciphertext[..padded]);
        XChaCha20Poly1305.Encrypt(keys[..XChaCha20Poly1305.KeyBytes], nonce, ciphertext[..padded], associatedData, ciphertext);
        CryptographicOperations.ZeroMemory(keys);
        return envelope;
    }

    /// <summary>False for an envelope that was not sealed in this group, by the key its epoch names, for exactly these ids.</summary>
    public bool TryOpen(in BlobIds ids, ReadOnlySpan<byte> envelope, out OpenedBlob opened)
    {
        opened = default;
        if (!EnvelopeHeader.TryRead(envelope, out EnvelopeHeader header)
            || envelope.Length < EnvelopeHeader.Size + XChaCha20Poly1305.TagBytes
            || envelope.Length > Limits.EnvelopeBytes
            || !keyring.TryGet(header.KeyEpoch, out GroupKeys? groupKeys))
        {
            return false;
        }

        ReadOnlySpan<byte> nonce = envelope.Slice(EnvelopeHeader.NonceOffset, EnvelopeHeader.NonceBytes);
        ReadOnlySpan<byte> commitment = envelope.Slice(EnvelopeHeader.CommitmentOffset, EnvelopeHeader.CommitmentBytes);
        ReadOnlySpan<byte> ciphertext = envelope[EnvelopeHeader.Size..];
        Span<byte> keys = stackalloc byte[KeyBytes];
        Span<byte> associatedData = stackalloc byte[AssociatedDataBytes];
        DeriveKeys(groupKeys, nonce, keys);
        WriteAssociatedData(keyring.GroupId, ids, header, associatedData);
        byte[] padded = new byte[ciphertext.Length - XChaCha20Poly1305.TagBytes];
        // The commitment first: a ciphertext made to open under two keys must fail before it is tried.
        bool isOpen = CryptographicOperations.FixedTimeEquals(keys[XChaCha20Poly1305.KeyBytes..], commitment)
            && XChaCha20Poly1305.TryDecrypt(keys[..XChaCha20Poly1305.KeyBytes], nonce, ciphertext, associatedData, padded);
        CryptographicOperations.ZeroMemory(keys);
        if (!isOpen || !Padding.TryRead(padded, out BlobType type, out int length))
            return false;

        opened = new OpenedBlob(type, header, padded.AsMemory(Padding.HeaderBytes, length));
        return true;
    }

    private static void DeriveKeys(GroupKeys groupKeys, ReadOnlySpan<byte> nonce, Span<byte> keys)
    {
        Span<byte> info = stackalloc byte[Labels.Blob.Length + EnvelopeHeader.NonceBytes];
        Labels.Blob.CopyTo(info);
        nonce.CopyTo(info[Labels.Blob.Length..]);
        Hkdf.Expand(groupKeys.SyncKey.Span, info, keys);
    }

    private static void WriteAssociatedData(GroupId group, in BlobIds ids, in EnvelopeHeader header, Span<byte> data)
    {
        Labels.Blob.CopyTo(data);
        data = data[Labels.Blob.Length..];
        data[0] = EnvelopeHeader.Version;
        data = data[1..];
        group.CopyTo(data);
        data = data[GroupId.Size..];
        BinaryPrimitives.WriteUInt32BigEndian(data, header.KeyEpoch.Value);
        data = data[sizeof(uint)..];
        ids.Sender.CopyTo(data);
        data = data[DeviceId.Size..];
        BinaryPrimitives.WriteUInt64BigEndian(data, header.FirstSeq.Value);
        BinaryPrimitives.WriteUInt64BigEndian(data[sizeof(ulong)..], ids.SenderSeq.Value);
        data = data[(2 * sizeof(ulong))..];
        ids.BlobId.CopyTo(data);
        header.Previous.CopyTo(data[BlobId.Size..]);
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Crypto;

/// <summary>link(n) = SHA-256("zks/1 link" || group id || sender id || sender_seq || blob_id || previous): chains a sender's blobs, whatever their ciphertext.</summary>
internal static class SequenceLinks
{
    public static SequenceLink Next(GroupId group, in BlobIds ids, SequenceLink previous)
    {
        Span<byte> input = stackalloc byte[Labels.Link.Length + GroupId.Size + DeviceId.Size + sizeof(ulong) + BlobId.Size + SequenceLink.Size];
        Labels.Link.CopyTo(input);
        Span<byte> rest = input[Labels.Link.Length..];
        group.CopyTo(rest);
        rest = rest[GroupId.Size..];
        ids.Sender.CopyTo(rest);
        rest = rest[DeviceId.Size..];
        BinaryPrimitives.WriteUInt64BigEndian(rest, ids.SenderSeq.Value);
        rest = rest[sizeof(ulong)..];
        ids.BlobId.CopyTo(rest);
        previous.CopyTo(rest[BlobId.Size..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        return SequenceLink.Read(hash);
    }
}

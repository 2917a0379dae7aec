using System.Buffers.Binary;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// link(n) = SHA-256("zks/1 link" || group id || sender id || sender_seq || blob_id || previous): what a sender's rows are chained by.
/// The relay computes it for WELCOME's last_link and never compares what came before.
/// </summary>
internal static class SequenceLinks
{
    public static SequenceLink Next(GroupId group, DeviceId sender, Sequence senderSeq, BlobId blobId, SequenceLink previous)
    {
        Span<byte> input = stackalloc byte[Labels.Link.Length + GroupId.Size + DeviceId.Size + sizeof(ulong) + BlobId.Size + SequenceLink.Size];
        Labels.Link.CopyTo(input);
        Span<byte> rest = input[Labels.Link.Length..];
        group.CopyTo(rest);
        rest = rest[GroupId.Size..];
        sender.CopyTo(rest);
        rest = rest[DeviceId.Size..];
        BinaryPrimitives.WriteUInt64BigEndian(rest, senderSeq.Value);
        rest = rest[sizeof(ulong)..];
        blobId.CopyTo(rest);
        previous.CopyTo(rest[BlobId.Size..]);
        Span<byte> hash = stackalloc byte[SequenceLink.Size];
        SHA256.HashData(input, hash);
        return SequenceLink.Read(hash);
    }
}

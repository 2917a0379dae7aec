using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>
/// DELETE's proof, which the relay keeps in the row's place: readers see that a member deleted the blob, not the relay. Ed25519 over
/// <c>"zks/1 delete" || group id 32 || key_epoch u32 || sender id 32 || sender_seq u64 || blob_id 16</c>.
/// </summary>
public static class DeleteProof
{
    private const int FieldBytes = GroupId.Size + sizeof(uint) + DeviceId.Size + sizeof(ulong) + BlobId.Size;

    /// <summary>The bytes that are signed.</summary>
    public static byte[] BuildMessage(GroupId groupId, KeyEpoch keyEpoch, DeviceId senderId, Sequence senderSeq, BlobId blobId)
    {
        byte[] message = new byte[Labels.Delete.Length + FieldBytes];
        var writer = new BindingWriter(message);
        writer.Write(Labels.Delete);
        writer.Write(groupId.Value);
        writer.Write(keyEpoch.Value);
        writer.Write(senderId.Value);
        writer.Write(senderSeq.Value);
        writer.Write(blobId.Value);
        return message;
    }

    /// <summary>Makes the proof: 64 bytes.</summary>
    /// <param name="admissionSeed">Of <paramref name="keyEpoch"/>, the current one.</param>
    public static byte[] Sign(SecretBytes admissionSeed, GroupId groupId, KeyEpoch keyEpoch, DeviceId senderId, Sequence senderSeq, BlobId blobId)
    {
        byte[] signature = new byte[Ed25519.SignatureBytes];
        Ed25519.Sign(admissionSeed, BuildMessage(groupId, keyEpoch, senderId, senderSeq, blobId), signature);
        return signature;
    }

    /// <summary>Checks a proof that came with a DELETE, or with a deleted row.</summary>
    /// <param name="admissionKey">The group's key of <paramref name="keyEpoch"/>.</param>
    /// <param name="proof">Of any length and content.</param>
    public static bool Verify(
        AdmissionKey admissionKey, ReadOnlySpan<byte> proof, GroupId groupId, KeyEpoch keyEpoch, DeviceId senderId, Sequence senderSeq, BlobId blobId) =>
        Ed25519.Verify(admissionKey.ToArray(), BuildMessage(groupId, keyEpoch, senderId, senderSeq, blobId), proof);
}

using ZeroKSync.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>Who may take a blob out of its row, and who may put one back. The rows stay: no hole is silent.</summary>
internal static class RowRules
{
    /// <summary>A write, or a refusal; neither where the row is deleted already.</summary>
    /// <param name="row">The row as it is at the version of the state; null where there is none.</param>
    public static (LogMark? Mark, Refusal? Refusal) Delete(GroupState state, DeleteCommand command, PageEntry? row, ulong nowMs)
    {
        if (RotationRules.Check(state, command.Device) is { } stranger)
            return (null, stranger);

        if (row is null || row.BlobId != command.BlobId || row.SenderSeq != command.SenderSeq)
            return (null, Refusals.Of(RefusalReason.BlobNotFound));

        if (row.Sender != command.Device)
            return (null, Refusals.Of(RefusalReason.NotBlobOwner));

        if (row.State == EntryState.Deleted)
            return (null, null);

        if (command.KeyEpoch != state.KeyEpoch)
            return (null, Refusals.Of(RefusalReason.StaleKeyEpoch, state.KeyEpoch.Value));

        if (!IsProved(state, command))
            return (null, Refusals.Of(RefusalReason.NotAdmitted));

        bool isDelivered = DeliveryRules.IsDelivered(state, command.Device, command.Cursor);
        if (!isDelivered && !command.Force)
            return (null, Refusals.Of(RefusalReason.InvalidMessage));

        return (new LogMark
        {
            Group = state.Group,
            ExpectedVersion = state.Version,
            Cursor = command.Cursor,
            State = EntryState.Deleted,
            KeyEpoch = command.KeyEpoch,
            Proof = command.Proof,
            Audit = isDelivered ? AuditKind.Deleted : AuditKind.ForceDeleted,
            NowMs = nowMs,
        }, null);
    }

    /// <summary>A write, or a refusal; neither where the row has its blob.</summary>
    /// <param name="row">The row as it is at the version of the state; null where there is none.</param>
    public static (LogRefill? Refill, Refusal? Refusal) Refill(GroupState state, RefillCommand command, PageEntry? row, GroupOptions options, ulong nowMs)
    {
        if (RotationRules.Check(state, command.From) is { } stranger)
            return (null, stranger);

        if (command.Envelope.Length > options.BlobBytesMax)
            return (null, Refusals.Of(RefusalReason.BlobTooLarge, (ulong)options.BlobBytesMax));

        if (!EnvelopeHeader.TryRead(command.Envelope.Span, out EnvelopeHeader header) || header.FirstSeq.Value == 0 || header.FirstSeq > command.SenderSeq)
            return (null, Refusals.Of(RefusalReason.InvalidMessage));

        bool isSame = row is not null && row.Sender == command.Sender && row.SenderSeq == command.SenderSeq && row.BlobId == command.BlobId;
        if (!isSame || row!.State is not (EntryState.Blob or EntryState.Corrupt))
            return (null, Refusals.Of(RefusalReason.BlobNotFound));

        if (row.State == EntryState.Blob)
            return (null, null);

        return (new LogRefill
        {
            Group = state.Group,
            ExpectedVersion = state.Version,
            Cursor = command.Cursor,
            Sender = command.Sender,
            SenderSeq = command.SenderSeq,
            BlobId = command.BlobId,
            KeyEpoch = header.KeyEpoch,
            FirstSeq = header.FirstSeq,
            Envelope = command.Envelope,
            NowMs = nowMs,
        }, null);
    }

    // Ed25519 over "zks/1 delete" || group id || key_epoch u32 || sender id || sender_seq u64 || blob_id, under the current admission key.
    private static bool IsProved(GroupState state, DeleteCommand command)
    {
        var message = new SignedFields(Labels.Delete);
        message.Write(state.Group.ToArray());
        message.Write(command.KeyEpoch.Value);
        message.Write(command.Device.ToArray());
        message.Write(command.SenderSeq.Value);
        message.Write(command.BlobId.ToArray());
        return Ed25519.Verify(RotationChains.CurrentKey(state.OriginKey, state.Chain).ToArray(), message.ToArray(), command.Proof.Span);
    }
}

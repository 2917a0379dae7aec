using ZeroKSync.Client.Crypto;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Client.Sync;

/// <summary>Which blobs are kept and not believed, and why.</summary>
internal static class QuarantineRules
{
    /// <summary>Why a row's envelope did not open.</summary>
    /// <param name="entry">The row.</param>
    /// <param name="isEpochKnown">Whether this device has the secret of an epoch.</param>
    public static QuarantineReason OfSealed(in PullEntry entry, Func<KeyEpoch, bool> isEpochKnown) =>
        entry.Envelope is not { } envelope || !EnvelopeHeader.TryRead(envelope.Span, out EnvelopeHeader header) || header.FirstSeq != entry.FirstSeq || header.KeyEpoch != entry.KeyEpoch ? QuarantineReason.NoEnvelope
        : !isEpochKnown(header.KeyEpoch) ? QuarantineReason.UnknownEpoch
        : QuarantineReason.DoesNotOpen;

    /// <summary>What is wrong with an authentic blob; null for nothing.</summary>
    public static QuarantineReason? OfOpened(in PullEntry entry, in OpenedBlob blob) => blob.Type switch
    {
        BlobType.Void => blob.Payload.Length == SequenceLink.Size ? null : QuarantineReason.DamagedVoid,
        _ when entry.FirstSeq != entry.SenderSeq => QuarantineReason.RunThatIsNoVoid,
        BlobType.Vector => VectorBlob.TryDecode(blob.Payload, out _) ? null : QuarantineReason.DamagedVector,
        > BlobType.CollectionManifest => QuarantineReason.UnknownType,
        _ => null,
    };

    public static string Sentence(QuarantineReason reason) => reason switch
    {
        QuarantineReason.NoEnvelope => "A blob is no envelope that this version reads: it is kept and not delivered.",
        QuarantineReason.UnknownEpoch => "A blob is sealed under a key this device does not have: it is kept and not delivered.",
        QuarantineReason.DoesNotOpen => "A blob did not open: it is kept and not delivered.",
        QuarantineReason.RunThatIsNoVoid => "A blob claims more than one number: it is kept and not delivered.",
        QuarantineReason.DamagedVoid => "A void does not say how its sender's chain goes on: it is kept.",
        QuarantineReason.DamagedVector => "What a device says it has cannot be read: it is kept.",
        QuarantineReason.Unconfirmed => "A blob came from a device that was revoked since, and no member says that it was there before: it is kept and not delivered.",
        _ => "A blob is of a kind that this version does not know: it is kept and not delivered.",
    };
}

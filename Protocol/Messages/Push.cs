using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Stores one sealed blob. Answered by PUSH_ACK when it is on disk.</summary>
/// <param name="BlobId">Random, the same at every relay and in every repeat.</param>
/// <param name="KeyEpoch">Of the envelope.</param>
/// <param name="FirstSeq">First sequence the row stands for: <paramref name="SenderSeq"/> but for a void run.</param>
/// <param name="SenderSeq">The sender's own count, from 1 without gaps.</param>
/// <param name="TtlSeconds">How long the relay keeps it undelivered; 0 for the default, more than the cap counts as the cap.</param>
/// <param name="Envelope">See <see cref="EnvelopeHeader"/>.</param>
public sealed record Push(
    BlobId BlobId,
    KeyEpoch KeyEpoch,
    Sequence FirstSeq,
    Sequence SenderSeq,
    uint TtlSeconds,
    ReadOnlyMemory<byte> Envelope) : IMessage<Push>
{
    public static MessageCode Code => MessageCode.Push;

    public static int FieldCount => 6;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteBytes16(BlobId.Value);
        writer.WriteUInt(KeyEpoch.Value);
        writer.WriteUInt(FirstSeq.Value);
        writer.WriteUInt(SenderSeq.Value);
        writer.WriteUInt(TtlSeconds);
        writer.WriteBinary(Envelope.Span);
    }

    public static Push ReadFields(ref MessagePackReader reader) =>
        new(
            new BlobId(reader.ReadBytes16()),
            new KeyEpoch(reader.ReadUInt32()),
            new Sequence(reader.ReadUInt64()),
            new Sequence(reader.ReadUInt64()),
            reader.ReadUInt32(),
            reader.ReadBinary(Limits.EnvelopeBytes));
}

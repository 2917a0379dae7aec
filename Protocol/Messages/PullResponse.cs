using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>One page, in cursor order without a hole.</summary>
/// <param name="Entries">The rows.</param>
/// <param name="ThroughCursor">How far the page reaches: rows of the reader itself are passed over.</param>
/// <param name="HasMore">More rows stand after it.</param>
/// <param name="OldestCursor">First row stored.</param>
/// <param name="HeadCursor">Last cursor assigned.</param>
public sealed record PullResponse(
    IReadOnlyList<PullEntry> Entries,
    Cursor ThroughCursor,
    bool HasMore,
    Cursor OldestCursor,
    Cursor HeadCursor) : IMessage<PullResponse>
{
    public static MessageCode Code => MessageCode.PullResponse;

    public static int FieldCount => 5;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(Entries.Count);
        foreach (PullEntry entry in Entries)
            entry.Write(ref writer);

        writer.WriteUInt(ThroughCursor.Value);
        writer.WriteBool(HasMore);
        writer.WriteUInt(OldestCursor.Value);
        writer.WriteUInt(HeadCursor.Value);
    }

    public static PullResponse ReadFields(ref MessagePackReader reader)
    {
        var entries = new PullEntry[reader.ReadListHeader(Limits.PageEntries, PullEntry.EncodedBytesMin)];
        for (int i = 0; i < entries.Length && !reader.Failed; i++)
            entries[i] = PullEntry.Read(ref reader);

        return new PullResponse(
            entries,
            new Cursor(reader.ReadUInt64()),
            reader.ReadBool(),
            new Cursor(reader.ReadUInt64()),
            new Cursor(reader.ReadUInt64()));
    }
}

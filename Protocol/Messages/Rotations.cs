using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Rotations, oldest first.</summary>
/// <param name="Entries">One each.</param>
public sealed record Rotations(IReadOnlyList<Rotation> Entries) : IMessage<Rotations>
{
    public static MessageCode Code => MessageCode.Rotations;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(Entries.Count);
        foreach (Rotation rotation in Entries)
            rotation.Write(ref writer);
    }

    public static Rotations ReadFields(ref MessagePackReader reader)
    {
        var entries = new Rotation[reader.ReadListHeader(Limits.Rotations, Rotation.EncodedBytesMin)];
        for (int i = 0; i < entries.Length && !reader.Failed; i++)
            entries[i] = Rotation.Read(ref reader);

        return new Rotations(entries);
    }
}

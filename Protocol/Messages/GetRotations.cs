using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>Asks for the rotations after an epoch. Answered by ROTATIONS.</summary>
/// <param name="AfterEpoch">The asking device's own.</param>
public sealed record GetRotations(KeyEpoch AfterEpoch) : IMessage<GetRotations>
{
    public static MessageCode Code => MessageCode.GetRotations;

    public static int FieldCount => 1;

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.WriteUInt(AfterEpoch.Value);
    }

    public static GetRotations ReadFields(ref MessagePackReader reader) =>
        new(new KeyEpoch(reader.ReadUInt32()));
}

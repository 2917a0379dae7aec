using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>What a device card is bound to: <c>"zks/1 card" || group id 32 || key_epoch u32 || device id 32</c>. The cipher itself exists only in the client.</summary>
public static class CardAssociatedData
{
    private const int FieldBytes = GroupId.Size + sizeof(uint) + DeviceId.Size;

    public static byte[] Build(GroupId groupId, KeyEpoch keyEpoch, DeviceId deviceId)
    {
        byte[] data = new byte[Labels.Card.Length + FieldBytes];
        var writer = new BindingWriter(data);
        writer.Write(Labels.Card);
        writer.Write(groupId.Value);
        writer.Write(keyEpoch.Value);
        writer.Write(deviceId.Value);
        return data;
    }
}

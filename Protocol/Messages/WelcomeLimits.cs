using ZeroKSync.Protocol.MessagePack;

namespace ZeroKSync.Protocol.Messages;

/// <summary>What this relay allows, in bytes.</summary>
/// <param name="BlobBytesMax">Largest envelope.</param>
/// <param name="GroupBytesMax">Most a group may have stored.</param>
/// <param name="GroupBytesUsed">What this group has stored.</param>
/// <param name="PageBytesMax">Largest page, as encoded.</param>
public readonly record struct WelcomeLimits(
    ulong BlobBytesMax,
    ulong GroupBytesMax,
    ulong GroupBytesUsed,
    ulong PageBytesMax)
{
    /// <summary>Bytes the smallest takes.</summary>
    internal const int EncodedBytesMin = 5;

    private const int FieldCount = 4;

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteUInt(BlobBytesMax);
        writer.WriteUInt(GroupBytesMax);
        writer.WriteUInt(GroupBytesUsed);
        writer.WriteUInt(PageBytesMax);
    }

    internal static WelcomeLimits Read(ref MessagePackReader reader)
    {
        int extra = reader.BeginFields(FieldCount);
        ulong blobBytesMax = reader.ReadUInt64();
        ulong groupBytesMax = reader.ReadUInt64();
        ulong groupBytesUsed = reader.ReadUInt64();
        ulong pageBytesMax = reader.ReadUInt64();
        reader.EndFields(extra);
        return new WelcomeLimits(blobBytesMax, groupBytesMax, groupBytesUsed, pageBytesMax);
    }
}

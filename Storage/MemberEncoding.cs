using System.Collections.Immutable;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage;

/// <summary>Device ids as one blob, one behind the other.</summary>
internal static class MemberEncoding
{
    public static byte[] Encode(ImmutableArray<DeviceId> members)
    {
        byte[] bytes = new byte[members.Length * DeviceId.Size];
        for (int i = 0; i < members.Length; i++)
            members[i].CopyTo(bytes.AsSpan(i * DeviceId.Size));

        return bytes;
    }

    public static ImmutableArray<DeviceId> Decode(ReadOnlySpan<byte> bytes)
    {
        var members = ImmutableArray.CreateBuilder<DeviceId>(bytes.Length / DeviceId.Size);
        for (int at = 0; at + DeviceId.Size <= bytes.Length; at += DeviceId.Size)
            members.Add(DeviceId.Read(bytes.Slice(at, DeviceId.Size)));

        return members.DrainToImmutable();
    }
}

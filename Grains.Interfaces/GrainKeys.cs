using ZeroKSync.Protocol;

namespace ZeroKSync.Grains;

/// <summary>How grain keys are written. They hold ids, so a key never goes into a log or an exception text.</summary>
public static class GrainKeys
{
    private const char Separator = '/';
    private const int GroupHexLength = GroupId.Size * 2;

    /// <summary>The key of a group's grain: 64 lower-case hex digits.</summary>
    public static string Group(GroupId group) => group.ToHex();

    /// <summary>The key of a device's grain in one group: group, a slash, device.</summary>
    public static string Device(GroupId group, DeviceId device) => string.Concat(group.ToHex(), "/", device.ToHex());

    /// <summary>The key of an invite's grain: 32 lower-case hex digits.</summary>
    public static string Invite(LookupId lookup) => lookup.ToHex();

    public static bool TryParseGroup(string key, out GroupId group) => GroupId.TryParseHex(key, out group);

    public static bool TryParseInvite(string key, out LookupId lookup) => LookupId.TryParseHex(key, out lookup);

    public static bool TryParseDevice(string key, out GroupId group, out DeviceId device)
    {
        device = default;
        group = default;
        return key.Length > GroupHexLength
            && key[GroupHexLength] == Separator
            && GroupId.TryParseHex(key.AsSpan(0, GroupHexLength), out group)
            && DeviceId.TryParseHex(key.AsSpan(GroupHexLength + 1), out device);
    }
}

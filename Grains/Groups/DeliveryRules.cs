using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>What an acknowledgement changes, and which rows are delivered: acknowledged by every device but their sender.</summary>
internal static class DeliveryRules
{
    /// <summary>Null where the acknowledgement changes nothing; a refusal where it cannot be.</summary>
    public static (GroupWrite? Write, Refusal? Refusal) Acknowledge(GroupState state, AcknowledgeCommand command, GroupOptions options, ulong nowMs, bool mayTrim)
    {
        if (state.Find(command.Device) is not { } device)
            return (null, Refusals.Of(RefusalReason.NotAdmitted));

        if (device.IsRevoked)
            return (null, Refusals.Of(RefusalReason.DeviceRevoked));

        if (command.Cursor > state.Head)
            return (null, Refusals.Of(RefusalReason.InvalidMessage));

        if (command.Cursor <= device.Acked)
            return (null, null);

        StoredDevice acked = device.Stored with { Acked = command.Cursor, LastSeenMs = nowMs };
        return (new GroupWrite
        {
            Group = state.Group,
            ExpectedVersion = state.Version,
            Devices = [acked],
            Trim = mayTrim ? Delivered(state, acked, options.DeliveredRetention, options.HoleRetention, nowMs) : null,
        }, null);
    }

    /// <summary>A write that only trims, or null where nothing can be delivered yet.</summary>
    /// <param name="retention">How long a delivered row stays; zero when the room is needed.</param>
    public static GroupWrite? Trim(GroupState state, GroupOptions options, TimeSpan retention, ulong nowMs)
    {
        TrimRequest? trim = Delivered(state, changed: null, retention, options.HoleRetention, nowMs);
        return trim is null ? null : new GroupWrite { Group = state.Group, ExpectedVersion = state.Version, Trim = trim };
    }

    /// <summary>What is delivered, and old enough; null where nothing is stored.</summary>
    public static TrimRequest? Delivered(GroupState state, StoredDevice? changed, TimeSpan retention, TimeSpan holeRetention, ulong nowMs)
    {
        if (state.Oldest > state.Head)
            return null;

        IEnumerable<(DeviceId, Cursor)> members = state.Devices.Where(device => !device.IsRevoked)
            .Select(device => (device.Stored.Device, device.Stored.Device == changed?.Device ? changed.Acked : device.Acked));
        return TrimRequest.Of(members, Before(nowMs, retention), Before(nowMs, holeRetention));
    }

    /// <summary>Whether every device but this one, and at least one, has acknowledged a row.</summary>
    public static bool IsDelivered(GroupState state, DeviceId sender, Cursor cursor)
    {
        int others = 0;
        foreach (DeviceState device in state.Devices)
        {
            if (device.IsRevoked || device.Stored.Device == sender)
                continue;

            others++;
            if (device.Acked < cursor)
                return false;
        }

        return others > 0;
    }

    private static ulong Before(ulong nowMs, TimeSpan span)
    {
        ulong ms = (ulong)span.TotalMilliseconds;
        return nowMs > ms ? nowMs - ms : 0;
    }
}

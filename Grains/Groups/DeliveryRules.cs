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

    private static TrimRequest? Delivered(GroupState state, StoredDevice? changed, TimeSpan retention, TimeSpan holeRetention, ulong nowMs)
    {
        DeviceId laggard = default;
        Cursor least = new(ulong.MaxValue);
        Cursor second = new(ulong.MaxValue);
        int count = 0;
        foreach (DeviceState device in state.Devices)
        {
            if (device.IsRevoked)
                continue;

            count++;
            Cursor acked = device.Stored.Device == changed?.Device ? changed.Acked : device.Acked;
            if (acked < least)
            {
                second = least;
                least = acked;
                laggard = device.Stored.Device;
            }
            else if (acked < second)
            {
                second = acked;
            }
        }

        // A device alone has delivered nothing to anybody.
        if (count < 2 || second < state.Oldest)
            return null;

        return new TrimRequest
        {
            AllThrough = least,
            OthersThrough = second,
            Laggard = laggard,
            StoredThroughMs = Before(nowMs, retention),
            HolesThroughMs = Before(nowMs, holeRetention),
        };
    }

    private static ulong Before(ulong nowMs, TimeSpan span)
    {
        ulong ms = (ulong)span.TotalMilliseconds;
        return nowMs > ms ? nowMs - ms : 0;
    }
}

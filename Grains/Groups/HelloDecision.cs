using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Grains.Groups;

/// <summary>What a HELLO leads to: a refusal; or a write to make first, and then the welcome of the state it leaves.</summary>
internal sealed record HelloDecision
{
    public Refusal? Refusal { get; init; }

    /// <summary>The group to create.</summary>
    public StoredGroup? Create { get; init; }

    /// <summary>The change of an existing group.</summary>
    public GroupWrite? Write { get; init; }

    /// <summary>Only the rotations are served: the device is behind the group's key epoch.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>Whom the other devices should hear of.</summary>
    public DeviceJoinedNotice? Joined { get; init; }

    public static HelloDecision Refused(RefusalReason reason, params ReadOnlySpan<ulong> detail) => new() { Refusal = Refusals.Of(reason, detail) };
}

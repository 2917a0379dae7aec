using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Invites;

/// <summary>What a rendezvous allows. Expired, claimed, cancelled and never made give one answer.</summary>
internal static class InviteRules
{
    /// <summary>Null where the rendezvous may be opened.</summary>
    public static Refusal? CheckCreation(InviteCreation creation, InviteState? open, ulong nowMs)
    {
        bool isValid = creation.ExpiresSeconds is > 0 and <= Limits.InviteSeconds
            && (creation.Kind == InviteKind.Invite) == creation.Sealed is { IsEmpty: false };
        if (!isValid)
            return Refusals.Of(RefusalReason.InvalidMessage);

        if (creation.Kind != InviteKind.Invite)
            return Refusals.Of(RefusalReason.NotServed);

        // Whoever repeats a creation whose answer was lost gets the same answer; anybody else must choose another id.
        return IsOpen(open, nowMs) && !IsSame(creation, open!) ? Refusals.Of(RefusalReason.InvalidMessage) : null;
    }

    public static InviteState Create(InviteCreation creation, ulong nowMs) => new()
    {
        Group = creation.Group.ToArray(),
        Creator = creation.Creator.ToArray(),
        Kind = creation.Kind,
        Sealed = creation.Sealed?.ToArray() ?? [],
        ExpiresMs = nowMs + (creation.ExpiresSeconds * 1000UL),
        Attempts = creation.Attempts,
    };

    public static bool IsOpen(InviteState? state, ulong nowMs) => state is not null && state.ExpiresMs > nowMs;

    public static bool MayCancel(InviteState state, CancelInviteCommand command) => command.Group == GroupId.Read(state.Group);

    private static bool IsSame(InviteCreation creation, InviteState open) =>
        creation.Creator == DeviceId.Read(open.Creator) && creation.Sealed is { } record && record.Span.SequenceEqual(open.Sealed);
}

using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>What a grain's refusal is called on the wire, and the ERROR frames the gateway makes itself.</summary>
public static class Refusals
{
    public static ErrorCode Code(RefusalReason reason) => reason switch
    {
        RefusalReason.NotAdmitted => ErrorCode.Unauthorized,
        RefusalReason.DeviceRevoked => ErrorCode.DeviceRevoked,
        RefusalReason.DeviceLimit => ErrorCode.DeviceLimit,
        RefusalReason.StaleKeyEpoch => ErrorCode.StaleKeyEpoch,
        RefusalReason.OutOfSequence => ErrorCode.OutOfSequence,
        RefusalReason.GroupQuotaExceeded => ErrorCode.GroupQuotaExceeded,
        RefusalReason.BlobTooLarge => ErrorCode.BlobTooLarge,
        RefusalReason.InvalidMessage => ErrorCode.InvalidMessage,
        RefusalReason.NotBlobOwner => ErrorCode.NotBlobOwner,
        RefusalReason.BlobNotFound => ErrorCode.BlobNotFound,
        RefusalReason.InviteNotFound => ErrorCode.InviteNotFound,
        RefusalReason.DevicesChanged => ErrorCode.DevicesChanged,
        RefusalReason.RotationFork => ErrorCode.RotationFork,
        RefusalReason.InvalidPushToken => ErrorCode.InvalidPushToken,
        RefusalReason.StorageFull => ErrorCode.StorageFull,
        RefusalReason.Unavailable => ErrorCode.RelayUnavailable,
        RefusalReason.Overloaded => ErrorCode.RelayOverloaded,
        RefusalReason.NotServed => ErrorCode.UnexpectedMessage,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Every reason has a code."),
    };

    public static Error ToError(Refusal refusal) => new(Code(refusal.Reason), string.Empty, refusal.RetryAfterMs, refusal.Detail);

    /// <summary>An ERROR of the gateway's own. Its text is empty: the code says all that a peer may know.</summary>
    public static Error Of(ErrorCode code, params IReadOnlyList<ulong> detail) => new(code, string.Empty, null, detail);

    /// <summary>The same where waiting helps: not before so long.</summary>
    public static Error After(ErrorCode code, TimeSpan wait, params IReadOnlyList<ulong> detail) =>
        new(code, string.Empty, (uint)Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, uint.MaxValue), detail);
}

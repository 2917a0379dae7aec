using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Transport;

namespace ZeroKSync.Client.Transport;

/// <summary>Translates what a relay or the network says into the app's terms, in one place.</summary>
internal static class RelayErrors
{
    /// <summary>Longest pause a relay can ask for: a larger number would silence a device for weeks, or be none that a timer takes.</summary>
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    public static SyncException ToException(Error error)
    {
        (SyncErrorKind kind, bool isTransient, string message) = Of(error.Reason);
        return new SyncException(kind, message, isTransient, RetryAfter(error.RetryAfterMs));
    }

    public static SyncException ToException(TransportException exception) =>
        new(SyncErrorKind.Unreachable, $"The relay cannot be reached: {exception.Message}", isTransient: true, inner: exception);

    public static SyncException ToException(RelayProtocolException exception) =>
        new(SyncErrorKind.Protocol, exception.Message, isTransient: true, inner: exception);

    public static LinkEnd ToEnd(Bye bye)
    {
        TimeSpan? retryAfter = RetryAfter(bye.RetryAfterMs);
        return bye.Reason switch
        {
            ByeCode.Superseded => new LinkEnd(SyncErrorKind.Superseded, IsTransient: false),
            ByeCode.DeviceRevoked => new LinkEnd(SyncErrorKind.DeviceRevoked, IsTransient: false),
            ByeCode.Normal or ByeCode.Idle => new LinkEnd(SyncErrorKind.Unreachable, IsTransient: true, retryAfter),
            _ => new LinkEnd(SyncErrorKind.RelayBusy, IsTransient: true, retryAfter),
        };
    }

    /// <summary>The relay's wish, at most <see cref="RetryAfterMax"/>; null for none.</summary>
    public static TimeSpan? RetryAfter(uint? milliseconds) =>
        milliseconds is { } value ? TimeSpan.FromMilliseconds(Math.Min(value, RetryAfterMax.TotalMilliseconds)) : null;

    private static (SyncErrorKind Kind, bool IsTransient, string Message) Of(ErrorCode code) => code switch
    {
        ErrorCode.Unauthorized => (SyncErrorKind.Unauthorized, false, "The relay does not admit this device to the group, or has no such group."),
        ErrorCode.UnknownGroup => (SyncErrorKind.Unauthorized, true, "The relay has no such group any more. Everything on this device is kept."),
        ErrorCode.DeviceRevoked => (SyncErrorKind.DeviceRevoked, false, "This device was revoked. Everything on it is kept."),
        ErrorCode.InviteNotFound => (SyncErrorKind.InviteNotFound, false, "The invite is expired, claimed or cancelled: ask for a new one."),
        ErrorCode.UnsupportedVersion => (SyncErrorKind.UnsupportedVersion, false, "The relay speaks another version: update this program or the relay."),
        ErrorCode.StaleKeyEpoch or ErrorCode.OutOfSequence or ErrorCode.ResyncRequired or ErrorCode.DevicesChanged
            => (SyncErrorKind.OutOfStep, false, "The relay and this device do not agree on the group's state."),
        ErrorCode.RotationFork => (SyncErrorKind.RotationFork, false, "The relay has another history of the group's keys than this device."),
        ErrorCode.RateLimited or ErrorCode.RelayOverloaded or ErrorCode.RelayShuttingDown or ErrorCode.RelayUnavailable or ErrorCode.StorageFull
            => (SyncErrorKind.RelayBusy, true, "The relay is busy; what was asked goes on later."),
        ErrorCode.GroupQuotaExceeded or ErrorCode.DeviceLimit => (SyncErrorKind.QuotaExceeded, true, "The group's room at the relay is used up."),
        ErrorCode.BlobTooLarge => (SyncErrorKind.BlobTooLarge, false, "The relay does not take a blob of this size."),
        _ => (SyncErrorKind.Protocol, false, $"The relay refused a request with code {(uint)code}."),
    };
}

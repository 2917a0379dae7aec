using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>What the refusal codes of a push mean for the outbox. Refused is not lost: every blob stays.</summary>
internal static class PushRules
{
    /// <summary>Pause where the relay names none, and where it refuses again before anything got through.</summary>
    public static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(1);

    public static PushVerdict Judge(ErrorCode code) => code switch
    {
        ErrorCode.OutOfSequence => PushVerdict.Resend,
        ErrorCode.StaleKeyEpoch => PushVerdict.Reseal,
        ErrorCode.BlobTooLarge or ErrorCode.InvalidMessage => PushVerdict.Void,
        ErrorCode.RateLimited or ErrorCode.GroupQuotaExceeded or ErrorCode.RelayOverloaded or ErrorCode.RelayShuttingDown
            or ErrorCode.RelayUnavailable or ErrorCode.StorageFull => PushVerdict.Wait,
        _ => PushVerdict.Stop,
    };

    /// <summary>The app's term for a refusal that stops or delays pushing; null where it is not worth a word.</summary>
    public static SyncErrorKind? Failure(ErrorCode code) => code switch
    {
        ErrorCode.GroupQuotaExceeded => SyncErrorKind.QuotaExceeded,
        ErrorCode.DeviceRevoked => SyncErrorKind.DeviceRevoked,
        ErrorCode.Unauthorized or ErrorCode.UnknownGroup => SyncErrorKind.Unauthorized,
        _ => Judge(code) == PushVerdict.Stop ? SyncErrorKind.Protocol : null,
    };
}

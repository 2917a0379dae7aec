using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Grains.Groups;

/// <summary>Builds refusals in one line, each with how long to wait where waiting helps.</summary>
internal static class Refusals
{
    // Another activation takes the next call at once.
    private const uint UnavailableMs = 500;

    // A queue of writes drains in about that.
    private const uint OverloadedMs = 1_000;

    // Room comes from an operator, or from what expires.
    private const uint StorageFullMs = 30_000;

    // Room comes with the next acknowledgement of another device.
    private const uint QuotaMs = 2_000;

    public static Refusal Of(RefusalReason reason, params ReadOnlySpan<ulong> detail) => new() { Reason = reason, Detail = [.. detail], RetryAfterMs = RetryAfterMs(reason) };

    public static CommandRefused Command(RefusalReason reason, params ReadOnlySpan<ulong> detail) => new() { Refusal = Of(reason, detail) };

    private static uint? RetryAfterMs(RefusalReason reason) => reason switch
    {
        RefusalReason.Unavailable => UnavailableMs,
        RefusalReason.Overloaded => OverloadedMs,
        RefusalReason.StorageFull => StorageFullMs,
        RefusalReason.GroupQuotaExceeded => QuotaMs,
        _ => null,
    };
}

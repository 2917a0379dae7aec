using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Grains.Groups;

/// <summary>Builds refusals in one line.</summary>
internal static class Refusals
{
    public static Refusal Of(RefusalReason reason, params ReadOnlySpan<ulong> detail) => new() { Reason = reason, Detail = [.. detail] };

    public static CommandRefused Command(RefusalReason reason, params ReadOnlySpan<ulong> detail) => new() { Refusal = Of(reason, detail) };

    public static HelloRefused Hello(RefusalReason reason, params ReadOnlySpan<ulong> detail) => new() { Refusal = Of(reason, detail) };
}

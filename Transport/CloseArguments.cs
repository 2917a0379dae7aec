using System.Text;

namespace ZeroKSync.Transport;

/// <summary>The rules of <see cref="TransportConnection.CloseAsync"/> and the abort codes, checked before an engine sees them.</summary>
internal static class CloseArguments
{
    public static void Check(long code, string reason)
    {
        CheckCode(code);
        ArgumentNullException.ThrowIfNull(reason);
    }

    public static void CheckCode(long code)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(code);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, TransportConnection.MaxApplicationCode);
    }

    /// <summary>The reason as the peer gets it: at most <see cref="TransportConnection.MaxCloseReasonBytes"/>, cut between characters.</summary>
    public static string Cut(string reason)
    {
        if (Encoding.UTF8.GetByteCount(reason) <= TransportConnection.MaxCloseReasonBytes)
            return reason;

        Span<byte> bytes = stackalloc byte[TransportConnection.MaxCloseReasonBytes];
        Encoding.UTF8.GetEncoder().Convert(reason, bytes, flush: false, out var chars, out _, out _);
        return reason[..chars];
    }
}

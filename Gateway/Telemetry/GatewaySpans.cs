using System.Diagnostics;
using ZeroKSync.Grains;

namespace ZeroKSync.Gateway.Telemetry;

/// <summary>The spans that begin at a stream of a session: a batch of pushes, a page read, a page delivered. Their attributes are counts.</summary>
internal static class GatewaySpans
{
    private static readonly ActivitySource Source = new("ZeroKSync.Gateway");

    /// <summary>From a batch's first grain call until what it came to is known.</summary>
    public static Activity? Push(int entries, long bytes)
    {
        Activity? span = Start("zks.push", ActivityKind.Server);
        span?.SetTag("zks.entries", entries);
        span?.SetTag("zks.bytes", bytes);
        return span;
    }

    /// <summary>A page that is read from the group.</summary>
    public static Activity? Read() => Start("zks.read", ActivityKind.Server);

    /// <summary>A page of a subscription, until flow control has taken it.</summary>
    public static Activity? Deliver(int entries)
    {
        Activity? span = Start("zks.deliver", ActivityKind.Producer);
        span?.SetTag("zks.entries", entries);
        return span;
    }

    private static Activity? Start(string name, ActivityKind kind)
    {
        if (!Source.HasListeners())
            return null;

        // Below nothing: what runs here may have been started from another session's span.
        Activity? before = Activity.Current;
        Activity.Current = null;
        Activity? span = Source.StartActivity(name, kind);
        if (span is null)
            Activity.Current = before;

        CallTrace.Carry(span);
        return span;
    }
}

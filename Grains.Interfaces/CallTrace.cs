using System.Diagnostics;

namespace ZeroKSync.Grains;

/// <summary>
/// Takes the context of a span along with a grain call, which leaves the caller's flow of execution: two random numbers and a flag, nothing of the
/// call. The runtime's own spans would name grains by their keys, which are ids, and are not used.
/// </summary>
public static class CallTrace
{
    private const string Key = "zks.trace";

    /// <summary>For the calls that are made from here on, until the calling method ends. Only where something is traced: then it travels with each call.</summary>
    public static void Carry(Activity? span)
    {
        if (span?.Id is { } id)
            RequestContext.Set(Key, id);
    }

    /// <summary>The caller's, in a grain; none where it is not traced.</summary>
    public static ActivityContext Caller() =>
        RequestContext.Get(Key) is string id && ActivityContext.TryParse(id, traceState: null, isRemote: false, out ActivityContext context) ? context : default;
}

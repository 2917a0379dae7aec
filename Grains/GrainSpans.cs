using System.Diagnostics;

namespace ZeroKSync.Grains;

/// <summary>The spans of grain calls. Their attributes are counts.</summary>
internal static class GrainSpans
{
    private static readonly ActivitySource Source = new("ZeroKSync.Grains");

    /// <summary>Runs a call as a span below the caller's; where the caller is not traced it is none.</summary>
    public static Task<T> RunAsync<T>(string name, Func<Task<T>> call)
    {
        ActivityContext caller = Source.HasListeners() ? CallTrace.Caller() : default;
        return caller == default ? call() : RunTracedAsync(name, caller, call);
    }

    private static async Task<T> RunTracedAsync<T>(string name, ActivityContext caller, Func<Task<T>> call)
    {
        using Activity? span = Source.StartActivity(name, ActivityKind.Internal, caller);
        return await call();
    }
}

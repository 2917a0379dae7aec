using Microsoft.Extensions.Logging;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// A grain call that failed by the runtime's doing (timeout, overload, a silo gone) or by storage: what it did is unknown, which is what the
/// wire calls RELAY_UNAVAILABLE. Refusals are results and never come here.
/// </summary>
internal static partial class GrainFailures
{
    /// <summary>True for everything but a bug of the process itself and the session's own end.</summary>
    public static bool IsOutcomeUnknown(Exception exception) =>
        exception is not (OperationCanceledException or OutOfMemoryException or SessionBrokenException or NullReferenceException);

    // The type alone: runtimes put keys into messages.
    public static void Log(ILogger logger, Exception exception) => CallFailed(logger, exception.GetType().Name);

    [LoggerMessage(EventId = 210, Level = LogLevel.Warning, Message = "A grain call failed: {Error}")]
    private static partial void CallFailed(ILogger logger, string error);
}

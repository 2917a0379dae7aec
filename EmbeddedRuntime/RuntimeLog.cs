using Microsoft.Extensions.Logging;

namespace ZeroKSync.EmbeddedRuntime;

/// <summary>Everything the runtime says. Types and counts, never a key and never an exception's text.</summary>
internal static partial class RuntimeLog
{
    [LoggerMessage(1, LogLevel.Warning, "An observer threw {Exception}; the caller does not hear of it")]
    public static partial void ObserverThrew(this ILogger logger, string exception);

    [LoggerMessage(2, LogLevel.Warning, "An observer is behind: {Max} calls wait, a further one was dropped")]
    public static partial void ObserverQueueFull(this ILogger logger, int max);

    [LoggerMessage(3, LogLevel.Warning, "{Grain} could not be activated: {Exception}")]
    public static partial void ActivationFailed(this ILogger logger, string grain, string exception);

    [LoggerMessage(4, LogLevel.Warning, "{Grain} threw {Exception} while it was deactivated")]
    public static partial void DeactivationFailed(this ILogger logger, string grain, string exception);

    [LoggerMessage(5, LogLevel.Warning, "A timer of {Grain} threw {Exception}")]
    public static partial void TimerThrew(this ILogger logger, string grain, string exception);

    [LoggerMessage(6, LogLevel.Warning, "Not all grains were deactivated in time: {Left} left")]
    public static partial void DrainCutShort(this ILogger logger, int left);

    [LoggerMessage(7, LogLevel.Information, "Grains drained: {Count} deactivated")]
    public static partial void Drained(this ILogger logger, int count);
}

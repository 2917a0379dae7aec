using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ZeroKSync.Gateway.Telemetry;

/// <summary>The log: to standard error, redacted, and never in anybody's way.</summary>
public static class RelayLogging
{
    // Lines that wait for a slow standard error; more are dropped and counted, because a log that blocks is an outage.
    private const int LinesWaitingMax = 2_500;

    public static void AddRelayLogging(this ILoggingBuilder logging, TelemetryOptions options)
    {
        logging.Services.AddSingleton(options);
        // After everybody's: the library for systemd puts a formatter of its own, which writes everything.
        logging.Services.PostConfigure<ConsoleLoggerOptions>(console => console.FormatterName = RedactingFormatter.FormatterName);
        logging.AddConsole(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.MaxQueueLength = LinesWaitingMax;
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
        logging.AddConsoleFormatter<RedactingFormatter, ConsoleFormatterOptions>();
        LogLevel underneath = options.LogLevel < LogLevel.Warning && options.LogLevel >= LogLevel.Information ? LogLevel.Warning : options.LogLevel;
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter((category, level) => level >= (RedactingFormatter.IsOwn(category ?? string.Empty) ? options.LogLevel : underneath));
    }
}

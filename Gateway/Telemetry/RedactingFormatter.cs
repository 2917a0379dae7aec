using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ZeroKSync.Gateway.Telemetry;

/// <summary>
/// Writes a log's lines. This project's own messages hold no id, name or address and are written as they are; what lies underneath puts grain
/// keys, addresses and stacks into its messages, so of that only number, level and type are written, whatever the level. Of an exception
/// nobody's message is written, only its type and those of its causes.
/// </summary>
public sealed class RedactingFormatter(TimeProvider time, TelemetryOptions options) : ConsoleFormatter(FormatterName)
{
    /// <summary>To choose it by.</summary>
    public const string FormatterName = "zks";

    // Causes of causes named of one exception.
    private const int CausesMax = 8;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Whether a category is this project's.</summary>
    public static bool IsOwn(string category) => category.StartsWith("ZeroKSync.", StringComparison.Ordinal) || category == "zks-relay";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        ArgumentNullException.ThrowIfNull(textWriter);
        string now = time.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture);
        // Scopes are left out: they are where others put keys and addresses.
        string? message = IsOwn(logEntry.Category) ? logEntry.Formatter(logEntry.State, null) : null;
        if (options.LogFormat == LogFormat.Json)
            WriteJson(textWriter, now, message, logEntry.LogLevel, logEntry.Category, logEntry.EventId.Id, logEntry.State, logEntry.Exception);
        else
            WriteText(textWriter, now, message, logEntry.LogLevel, logEntry.Category, logEntry.EventId.Id, logEntry.Exception);
    }

    private static void WriteText(TextWriter to, string now, string? message, LogLevel level, string category, int eventId, Exception? exception)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{now} {LevelName(level)} {category}[{eventId}]");
        if (message is not null)
            line.Append(' ').Append(message);

        foreach (string type in Types(exception))
            line.Append(CultureInfo.InvariantCulture, $" <{type}>");

        to.WriteLine(line.ToString());
    }

    private static void WriteJson(TextWriter to, string now, string? message, LogLevel level, string category, int eventId, object? state, Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", now);
            json.WriteString("level", LevelName(level));
            json.WriteString("category", category);
            json.WriteNumber("event", eventId);
            if (message is not null)
            {
                json.WriteString("message", message);
                WriteFields(json, state as IReadOnlyList<KeyValuePair<string, object?>> ?? []);
            }

            if (exception is not null)
            {
                json.WriteStartArray("errors");
                foreach (string type in Types(exception))
                    json.WriteStringValue(type);

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        to.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        json.WriteStartObject("fields");
        foreach ((string name, object? value) in fields)
        {
            // The template itself is among them.
            if (name == "{OriginalFormat}")
                continue;

            if (value is int or long)
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
            else
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
    }

    private static IEnumerable<string> Types(Exception? exception)
    {
        for (int i = 0; exception is not null && i < CausesMax; exception = exception.InnerException, i++)
            yield return exception.GetType().Name;
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}

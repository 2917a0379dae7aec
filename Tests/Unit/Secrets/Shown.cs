using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace ZeroKSync.Tests.Unit.Secrets;

/// <summary>Everything an object can be made to show without knowing its type: texts by the way they came about. Refusals show their messages.</summary>
internal static class Shown
{
    private static readonly JsonSerializerOptions WithFields = new() { IncludeFields = true, ReferenceHandler = ReferenceHandler.IgnoreCycles };

    /// <summary>As text: by itself, in a format, in a log.</summary>
    public static IEnumerable<(string Way, string? Text)> AsText(object shown)
    {
        yield return ("ToString", Try(shown.ToString));
        yield return ("string.Format", Try(() => string.Format(CultureInfo.InvariantCulture, "{0}", shown)));
        yield return ("interpolation", Try(() => string.Create(CultureInfo.InvariantCulture, $"{shown}")));
        yield return ("list", Try(() => string.Join(' ', (object[])[shown])));
        var logger = new CapturingLogger();
        yield return ("log", Try(() => logger.Written(shown)));
    }

    /// <summary>To whoever asks for its parts: JSON, and what its public members return.</summary>
    public static IEnumerable<(string Way, string? Text)> InParts(object shown)
    {
        yield return ("JSON", Try(() => JsonSerializer.Serialize(shown, shown.GetType())));
        yield return ("JSON of fields", Try(() => JsonSerializer.Serialize(shown, shown.GetType(), WithFields)));
        foreach (PropertyInfo property in shown.GetType().GetProperties().Where(property => property.GetMethod is { IsPublic: true } && IsAsked(property.PropertyType) && property.GetIndexParameters().Length == 0))
            yield return ($"getter {property.Name}", Try(() => AsString(property.GetValue(shown))));

        foreach (MethodInfo method in shown.GetType().GetMethods().Where(method => !method.IsSpecialName && method.GetParameters().Length == 0 && IsAsked(method.ReturnType) && method.Name != nameof(ToString)))
            yield return ($"method {method.Name}", Try(() => AsString(method.Invoke(shown, null))));
    }

    // What fails may have failed with a secret in its message.
    public static string? Try(Func<string?> show)
    {
        try
        {
            return show();
        }
        catch (Exception exception)
        {
            return exception.ToString();
        }
    }

    private static bool IsAsked(Type type) =>
        type == typeof(string) || type == typeof(byte[]) || type == typeof(char[]) || type == typeof(Memory<byte>) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(ImmutableArray<byte>);

    private static string? AsString(object? value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        char[] text => new string(text),
        Memory<byte> bytes => Convert.ToHexString(bytes.Span),
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        ImmutableArray<byte> bytes => bytes.IsDefault ? null : Convert.ToHexString(bytes.AsSpan()),
        _ => value?.ToString(),
    };

    private sealed class CapturingLogger : ILogger
    {
        private string _written = string.Empty;

        public string Written(object value)
        {
            this.LogInformation(new InvalidOperationException($"about {value}"), "{Value} {@Value}", value, value);
            return _written;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _written += formatter(state, exception) + exception + string.Join(' ', ((IEnumerable<KeyValuePair<string, object?>>)state!).Select(pair => pair.Value));
    }
}

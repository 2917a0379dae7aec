using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ZeroKSync.Gateway.Telemetry;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Telemetry;

public sealed class RedactingFormatterTests
{
    private const string Planted = "0123456789abcdef";

    [Theory]
    [InlineData(LogFormat.Text)]
    [InlineData(LogFormat.Json)]
    public void Write_LineFromUnderneath_HasNeitherMessageNorFieldsNorTheExceptionsText(LogFormat format)
    {
        var failure = new InvalidOperationException($"group/{Planted}", new TimeoutException(Planted));

        string line = Write(format, "Orleans.Runtime.Catalog", LogLevel.Warning, new EventId(100, Planted), failure);

        Assert.DoesNotContain(Planted, line, StringComparison.Ordinal);
        Assert.Contains("Orleans.Runtime.Catalog", line, StringComparison.Ordinal);
        Assert.Contains("100", line, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", line, StringComparison.Ordinal);
        Assert.Contains("TimeoutException", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LogFormat.Text)]
    [InlineData(LogFormat.Json)]
    public void Write_OwnLine_HasItsMessageAndNotTheExceptionsText(LogFormat format)
    {
        string line = Write(format, "ZeroKSync.Gateway.X", LogLevel.Information, new EventId(7), new InvalidOperationException("secret text"));

        Assert.Contains(Planted, line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret text", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Json_IsOneObjectALine()
    {
        string line = Write(LogFormat.Json, "ZeroKSync.Gateway.X", LogLevel.Error, new EventId(7), exception: null);

        JsonElement read = JsonDocument.Parse(line).RootElement;
        Assert.Equal(("error", 7, Planted), (read.GetProperty("level").GetString(), read.GetProperty("event").GetInt32(), read.GetProperty("message").GetString()));
        Assert.Equal(3, read.GetProperty("fields").GetProperty("Count").GetInt64());
        Assert.Single(line.TrimEnd('\n').Split('\n'));
    }

    private static string Write(LogFormat format, string category, LogLevel level, EventId id, Exception? exception)
    {
        var formatter = new RedactingFormatter(new FakeTimeProvider(), new TelemetryOptions { LogFormat = format });
        using var text = new StringWriter { NewLine = "\n" };
        var state = new List<KeyValuePair<string, object?>> { new("Key", Planted), new("Count", 3), new("{OriginalFormat}", "{Key} {Count}") };
        formatter.Write(new LogEntry<List<KeyValuePair<string, object?>>>(level, category, id, state, exception, (_, failure) => Planted + failure?.Message), null, text);
        return text.ToString();
    }
}

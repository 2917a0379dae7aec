using Microsoft.Extensions.Logging;
using ZeroKSync.Silo.Configuration;

namespace ZeroKSync.Silo;

/// <summary>Says at the start which limits hold: the preset's, and each key that something else has set.</summary>
internal static partial class LimitsInForce
{
    // Their values name machines and folders.
    private const string Places = "Relay:";

    public static void Log(ILogger logger, RelayConfiguration configuration)
    {
        (string Key, string Value, string? Source)[] all = [.. configuration.Describe()];
        (string Key, string Value, string? Source)[] changed =
            [.. all.Where(option => option.Source is not null && !option.Key.StartsWith(Places, StringComparison.Ordinal))];
        Preset(logger, configuration.Relay.Preset, changed.Length);
        foreach ((string key, string value, string? source) in changed)
            Changed(logger, key, IsPlace(key) ? "(set)" : value, source!);

        if (logger.IsEnabled(LogLevel.Debug))
        {
            foreach ((string key, string value, _) in all.Where(option => !option.Key.StartsWith(Places, StringComparison.Ordinal) && !IsPlace(option.Key)))
                InForce(logger, key, value);
        }
    }

    private static bool IsPlace(string key) =>
        key is "Engine:QlogDirectory" or "Telemetry:OtlpEndpoint" or "Telemetry:OtlpTracesEndpoint" or "Telemetry:OtlpHeaders" or "Admission:WebhookUrl" or "Storage:ConnectionString";

    [LoggerMessage(EventId = 310, Level = LogLevel.Information, Message = "Limits of the preset '{Name}', {Count} options set otherwise")]
    private static partial void Preset(ILogger logger, string name, int count);

    [LoggerMessage(EventId = 311, Level = LogLevel.Information, Message = "{Key} is {Value}, set by {Source}")]
    private static partial void Changed(ILogger logger, string key, string value, string source);

    [LoggerMessage(EventId = 312, Level = LogLevel.Debug, Message = "{Key} is {Value}")]
    private static partial void InForce(ILogger logger, string key, string value);
}

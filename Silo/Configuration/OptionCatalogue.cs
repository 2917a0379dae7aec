using System.Reflection;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Telemetry;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Grains.Groups;

namespace ZeroKSync.Silo.Configuration;

/// <summary>Every option a relay has. A key that is not here is refused, and docs/OPTIONS.md lists what is.</summary>
internal static class OptionCatalogue
{
    public static IReadOnlyList<OptionSection> Sections { get; } =
    [
        OptionSection.Of("Relay", _ => new RelayOptions(), _ => { }),
        OptionSection.Of("Engine", _ => new EngineOptions(), options => options.Validate()),
        OptionSection.Of("Storage", _ => new StorageOptions(), options => options.Validate()),
        OptionSection.Of("Gateway", GatewayOptions.OfPreset, options => options.Validate()),
        OptionSection.Of("Admission", _ => new AdmissionOptions(), options => options.Validate()),
        OptionSection.Of("Group", Presets.Group, options => options.Validate()),
        OptionSection.Of("Device", _ => new DeviceOptions(), options => options.Validate()),
        OptionSection.Of("Telemetry", _ => new TelemetryOptions(), options => options.Validate()),
    ];

    /// <summary>Every key with its section.</summary>
    public static IReadOnlyList<string> Paths { get; } = [.. Sections.SelectMany(section => section.Keys.Select(section.Path))];

    private static readonly string[] ListPaths = [.. Sections.SelectMany(section => section.Keys.Where(key => key.PropertyType == typeof(string[])).Select(section.Path))];

    /// <summary>Whether a path is that of one entry of a list: <c>Admission:Groups:0</c>.</summary>
    public static bool IsEntry(string path) => Array.Exists(ListPaths, list => path.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase) && path[(list.Length + 1)..].All(char.IsAsciiDigit));

    /// <summary>Whether a path is that of a list.</summary>
    public static bool IsList(string path) => ListPaths.Contains(path, StringComparer.OrdinalIgnoreCase);

    public static bool IsSecret(string path) =>
        Sections.Any(section => section.Keys.Any(key => key.IsDefined(typeof(SecretAttribute)) && section.Path(key).Equals(path, StringComparison.OrdinalIgnoreCase)));
}

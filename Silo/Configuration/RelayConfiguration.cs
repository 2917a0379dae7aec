using System.Reflection;
using Microsoft.Extensions.Configuration;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Telemetry;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Grains.Groups;

namespace ZeroKSync.Silo.Configuration;

/// <summary>The options in force: a preset, and what the sources change of it. A key nobody knows is an error, not a shrug.</summary>
internal sealed class RelayConfiguration
{
    private readonly ConfigurationSources _sources;
    private readonly Dictionary<Type, object> _options = [];

    private RelayConfiguration(ConfigurationSources sources)
    {
        _sources = sources;
    }

    public RelayOptions Relay => Get<RelayOptions>();

    public EngineOptions Engine => Get<EngineOptions>();

    public StorageOptions Storage => Get<StorageOptions>();

    public GatewayOptions Gateway => Get<GatewayOptions>();

    public AdmissionOptions Admission => Get<AdmissionOptions>();

    public GroupOptions Group => Get<GroupOptions>();

    public DeviceOptions Device => Get<DeviceOptions>();

    public TelemetryOptions Telemetry => Get<TelemetryOptions>();

    /// <exception cref="ConfigurationException">A key nobody knows, or a value that is none or out of its bounds; the message names key and source.</exception>
    public static RelayConfiguration Load(ConfigurationSources sources)
    {
        UnknownKeys.Refuse(sources);
        var configuration = new RelayConfiguration(sources);
        configuration.Bind(OptionCatalogue.Sections[0], Presets.Default);
        string preset = configuration.Relay.Preset;
        if (!Presets.All.Contains(preset))
            throw configuration.NotValid("Relay:Preset", $"must be {string.Join(", ", Presets.All.SkipLast(1))} or {Presets.All[^1]}");

        foreach (OptionSection section in OptionCatalogue.Sections.Skip(1))
            configuration.Bind(section, preset);

        return configuration;
    }

    /// <summary>Every option: key, value in force, and what set it (null: its default).</summary>
    public IEnumerable<(string Key, string Value, string? Source)> Describe()
    {
        foreach (OptionSection section in OptionCatalogue.Sections)
        {
            foreach (PropertyInfo key in section.Keys)
            {
                string path = section.Path(key);
                string value = OptionText.Of(key.GetValue(_options[section.Type]));
                yield return (path, value.Length > 0 && key.IsDefined(typeof(SecretAttribute)) ? "(secret)" : value, _sources.SourceOf(path));
            }
        }
    }

    /// <summary>A sentence about a value that is not valid, with its key and what set it.</summary>
    /// <param name="key">With its section.</param>
    /// <param name="rule">What it must be, beginning with a verb.</param>
    public ConfigurationException NotValid(string key, string rule) => NotValid(key, rule, innerException: null);

    private ConfigurationException NotValid(string key, string rule, Exception? innerException)
    {
        // A list's entries are ids.
        string value = OptionCatalogue.IsSecret(key) || OptionCatalogue.IsList(key) || _sources.Root[key] is null ? string.Empty : $", and is '{_sources.Root[key]}'";
        string source = _sources.SourceOf(key) is { } set ? $" (set by {set})" : string.Empty;
        return new ConfigurationException($"{key}{source} {rule}{value}.", innerException);
    }

    private void Bind(OptionSection section, string preset)
    {
        object options = section.Create(preset);
        foreach (PropertyInfo key in section.Keys)
        {
            if (_sources.Root.GetSection(section.Path(key)).Exists())
                key.SetValue(options, Read(section, key));
        }

        try
        {
            section.Validate(options);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            string sentence = exception.Message.Split('\n', '(')[0].Trim().TrimEnd('.');
            string path = $"{section.Name}:{exception.ParamName}";
            throw NotValid(path, sentence.StartsWith($"{exception.ParamName} ", StringComparison.Ordinal) ? sentence[(exception.ParamName!.Length + 1)..] : sentence, exception);
        }

        _options[section.Type] = options;
    }

    private object? Read(OptionSection section, PropertyInfo key)
    {
        string path = section.Path(key);
        if (OptionCatalogue.IsList(path))
            return _sources.Root.GetSection(path).Get<string[]>() ?? [];

        Type type = Nullable.GetUnderlyingType(key.PropertyType) ?? key.PropertyType;
        try
        {
            object? value = _sources.Root.GetValue(type, path);
            return !type.IsEnum || Enum.IsDefined(type, value!) ? value : throw NotValid(path, $"must be {OptionText.Kind(type)}");
        }
        catch (InvalidOperationException exception)
        {
            throw NotValid(path, $"must be {OptionText.Kind(type)}", exception);
        }
    }

    private T Get<T>()
        where T : class => (T)_options[typeof(T)];
}

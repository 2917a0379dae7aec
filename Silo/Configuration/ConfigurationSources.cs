using Microsoft.Extensions.Configuration;

namespace ZeroKSync.Silo.Configuration;

/// <summary>
/// Where a relay's configuration comes from. A later one wins: a JSON file, a directory with one file a key (for secrets), environment
/// variables, the command line.
/// </summary>
internal sealed class ConfigurationSources
{
    /// <summary>In front of an environment variable; two underscores stand for the colon: <c>ZKS_RELAY_GATEWAY__SESSIONSMAX</c>.</summary>
    public const string EnvironmentPrefix = "ZKS_RELAY_";

    private readonly List<(IConfigurationProvider Provider, Func<string, string> Name)> _providers = [];

    /// <param name="file">A JSON file, or null.</param>
    /// <param name="secretsDirectory">A directory whose files are named by keys, as <c>Telemetry__OtlpHeaders</c>; or null.</param>
    /// <param name="commandLine">Keys set there, each with the option that set it and its value.</param>
    /// <exception cref="ConfigurationException">A file cannot be read.</exception>
    public ConfigurationSources(string? file, string? secretsDirectory, IReadOnlyCollection<CommandLineValue> commandLine)
    {
        CommandLine = commandLine.ToDictionary(value => value.Path, StringComparer.OrdinalIgnoreCase);
        var builder = new ConfigurationBuilder();
        var names = new List<Func<string, string>>();
        if (file is not null)
        {
            builder.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
            names.Add(_ => Path.GetFileName(file));
        }

        if (secretsDirectory is not null)
        {
            builder.AddKeyPerFile(Path.GetFullPath(secretsDirectory), optional: false);
            names.Add(key => $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(secretsDirectory))}/{key.Replace(":", "__", StringComparison.Ordinal)}");
        }

        builder.AddEnvironmentVariables(EnvironmentPrefix);
        names.Add(key => EnvironmentPrefix + key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant());
        builder.AddInMemoryCollection(CommandLine.ToDictionary(pair => pair.Key, pair => (string?)pair.Value.Value));
        // A list is set by its entries.
        names.Add(key => CommandLine.TryGetValue(key, out CommandLineValue? value) ? value.Option : "--set");
        Root = Build(builder);
        _providers.AddRange(Root.Providers.Zip(names));
    }

    public IConfigurationRoot Root { get; }

    public IReadOnlyDictionary<string, CommandLineValue> CommandLine { get; }

    /// <summary>What gave this key its value, for people; null where nothing did.</summary>
    public string? SourceOf(string key)
    {
        foreach ((IConfigurationProvider provider, Func<string, string> name) in Enumerable.Reverse(_providers))
        {
            if (provider.TryGet(key, out _) || provider.GetChildKeys([], key).Any())
                return name(key);
        }

        return null;
    }

    private static IConfigurationRoot Build(ConfigurationBuilder builder)
    {
        try
        {
            return builder.Build();
        }
        catch (InvalidDataException exception)
        {
            // The inner message says where in the file; the outer one would name its whole path.
            throw new ConfigurationException($"The configuration file is not valid JSON of sections and keys: {exception.GetBaseException().Message}", exception);
        }
        catch (FormatException exception)
        {
            throw new ConfigurationException($"The configuration file is not valid: {exception.Message}", exception);
        }
        catch (FileNotFoundException exception)
        {
            throw new ConfigurationException("The configuration file does not exist.", exception);
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new ConfigurationException("The configuration file, or the directory of secrets, does not exist.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException("The configuration file, or the directory of secrets, cannot be read.", exception);
        }
    }
}

using Microsoft.Extensions.Configuration;

namespace ZeroKSync.Silo.Configuration;

/// <summary>Refuses what nobody reads: a limit that was written wrong would silently not hold.</summary>
internal static class UnknownKeys
{
    /// <exception cref="ConfigurationException">The first such key, with what set it and the nearest one that exists.</exception>
    public static void Refuse(ConfigurationSources sources)
    {
        foreach ((string path, string? value) in sources.Root.AsEnumerable().OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
        {
            string[] parts = path.Split(':');
            bool isSection = OptionCatalogue.Sections.Any(section => section.Name.Equals(parts[0], StringComparison.OrdinalIgnoreCase));
            if (parts.Length == 1 && isSection && string.IsNullOrEmpty(value))
                continue;

            if (parts.Length == 1 && isSection)
                throw new ConfigurationException($"{path}{Set(sources, path)} is a section with keys, not a value.");

            if (OptionCatalogue.IsEntry(path) || (OptionCatalogue.IsList(path) && string.IsNullOrEmpty(value)))
                continue;

            if (OptionCatalogue.IsList(path))
                throw new ConfigurationException($"{path}{Set(sources, path)} is a list: in JSON [ ... ], elsewhere {path}:0, {path}:1 and so on.");

            if (!OptionCatalogue.Paths.Contains(path, StringComparer.OrdinalIgnoreCase))
                throw Unknown(sources, path, isSection);

            if (value is null)
                throw new ConfigurationException($"{path}{Set(sources, path)} is one value, not none and not several.");

            if (OptionCatalogue.IsSecret(path) && sources.CommandLine.ContainsKey(path))
                throw new ConfigurationException($"{path} is a secret, and every process sees a command line: give it by the environment or in a file of --secrets.");
        }
    }

    private static ConfigurationException Unknown(ConfigurationSources sources, string path, bool isSection)
    {
        string? nearest = path.Contains(':', StringComparison.Ordinal)
            ? Nearest.Of(path, OptionCatalogue.Paths)
            : Nearest.Of(path, OptionCatalogue.Sections.Select(section => section.Name));
        string hint = nearest is not null ? $"did you mean {nearest}?"
            : isSection ? $"'zks-relay options' lists those of {path.Split(':')[0]}."
            : $"the sections are {string.Join(", ", OptionCatalogue.Sections.Select(section => section.Name))}.";
        return new ConfigurationException($"The configuration key {path}{Set(sources, path)} is not known: {hint}");
    }

    private static string Set(ConfigurationSources sources, string path) => sources.SourceOf(path) is { } source ? $" (set by {source})" : string.Empty;
}

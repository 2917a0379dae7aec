namespace ZeroKSync.Tests.Unit.Architecture;

/// <summary>Who may reference whom. By folder; projects of the solution only.</summary>
internal static class ProjectRules
{
    /// <summary>Direct references allowed. A project that is not listed may not exist.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Direct = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Protocol"] = [],
        ["Cryptography"] = [],
        ["Transport"] = [],
        ["EmbeddedRuntime"] = [],
        ["Session"] = ["Protocol", "Cryptography"],
        ["ClientSdk"] = ["Protocol", "Cryptography", "Session", "Transport"],
        ["Grains.Interfaces"] = ["Protocol", "EmbeddedRuntime"],
        ["Grains"] = ["Grains.Interfaces", "Protocol", "Cryptography"],
        ["Storage"] = ["Grains"],
        ["Gateway"] = ["Protocol", "Session", "Cryptography", "Transport", "Grains.Interfaces"],
        ["Silo"] = ["Grains", "Storage", "Gateway"],
        ["Cli"] = ["ClientSdk"],
        ["Bench"] = ["ClientSdk"],
        ["Tests/TestKit"] = ["Protocol", "Session", "Transport", "ClientSdk"],
    };

    /// <summary>What must not be reached through others either: the relay cannot read, by construction.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Never = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Gateway"] = ["ClientSdk", "Storage", "Silo"],
        ["Silo"] = ["ClientSdk"],
        ["Grains"] = ["ClientSdk", "Gateway", "Transport", "Session"],
        ["Storage"] = ["ClientSdk", "Gateway"],
        ["ClientSdk"] = ["Grains", "Grains.Interfaces", "Gateway", "Storage", "Silo", "EmbeddedRuntime"],
        ["Cli"] = ["Grains", "Grains.Interfaces", "Gateway", "Storage", "Silo", "EmbeddedRuntime"],
        ["Bench"] = ["Grains", "Grains.Interfaces", "Gateway", "Storage", "Silo", "EmbeddedRuntime"],
    };

    /// <summary>Package prefixes that only these projects may name.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Packages = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Microsoft.Data.Sqlite"] = ["Storage", "ClientSdk", "Silo"],
        ["SQLitePCLRaw"] = ["Storage", "ClientSdk", "Silo"],
        // Bench only: what the relay is measured beside.
        ["Npgsql"] = ["Storage", "Silo", "Bench"],
        ["StackExchange.Redis"] = ["Bench"],
        // Tests only: the tree is own code (docs/adr/0004).
        ["Blake3"] = [],
        ["Microsoft.Orleans"] = ["Grains.Interfaces", "Silo", "Gateway"],
    };
}

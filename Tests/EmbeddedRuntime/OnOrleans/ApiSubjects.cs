using Orleans.Storage;

namespace ZeroKSync.Tests.EmbeddedRuntime.Api;

/// <summary>The official assemblies this build runs on.</summary>
internal static class ApiSubjects
{
    public static IReadOnlyList<string> Official { get; } =
    [
        typeof(Grain).Assembly.Location,
        typeof(GenerateSerializerAttribute).Assembly.Location,
        typeof(IPersistentState<>).Assembly.Location,
        typeof(InconsistentStateException).Assembly.Location,
    ];

    public static bool OfficialIsComplete => true;
}

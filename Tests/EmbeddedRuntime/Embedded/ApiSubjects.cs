using System.Reflection;

namespace ZeroKSync.Tests.EmbeddedRuntime.Api;

/// <summary>The official assemblies, as far as this machine's feed has them: read as files, never referenced.</summary>
internal static class ApiSubjects
{
    public static IReadOnlyList<string> Official { get; } =
        [.. typeof(ApiSubjects).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(one => one.Key == "OfficialOrleans").Select(one => one.Value!).Where(File.Exists)];

    public static bool OfficialIsComplete => Official.Count == 4;
}

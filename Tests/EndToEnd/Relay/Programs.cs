using System.Reflection;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>Where the build has put the programs under test.</summary>
internal static class Programs
{
    public static string Relay => Path("Relay");

    public static string Cli => Path("Cli");

    private static string Path(string name) => typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == name).Value
        ?? throw new InvalidOperationException($"The build names no {name}.");
}

using ZeroKSync.Grains.Groups;

namespace ZeroKSync.Silo.Configuration;

/// <summary>The named sets of limits.</summary>
internal static class Presets
{
    public const string Default = "default";
    public const string Hobby = "hobby";
    public const string Bench = "bench";

    public static IReadOnlyList<string> All { get; } = [Default, Hobby, Bench];

    public static GroupOptions Group(string preset) => preset == Bench ? new GroupOptions { GroupBytesMax = 64L << 30 } : new GroupOptions();
}

using System.Globalization;

namespace ZeroKSync.Tests.Fuzz.Engine;

/// <summary>Says the seed before anything runs, past the runner's own report: a target that takes the process down must not take the seed with it.</summary>
public sealed class SeedAnnouncement
{
    public SeedAnnouncement() => Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ZKS_SEED={FuzzPlan.Seed}"));
}

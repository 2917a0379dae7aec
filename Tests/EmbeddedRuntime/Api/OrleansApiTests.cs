using System.Reflection;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EmbeddedRuntime.Api;

/// <summary>Whatever the grains may use of Orleans is on one checked-in page, and every line of it is in the real Orleans.</summary>
public sealed class OrleansApiTests
{
    // These live in packages that not every feed carries; built on Orleans, all are compared.
    private static readonly string[] Elsewhere =
    [
        "Orleans.AliasAttribute", "Orleans.GenerateSerializerAttribute", "Orleans.IdAttribute", "Orleans.ImmutableAttribute",
        "Orleans.Runtime.IPersistentState`1", "Orleans.Runtime.PersistentStateAttribute", "Orleans.Storage.InconsistentStateException",
    ];

    public static string Page => RepositoryRoot.File("EmbeddedRuntime", "orleans-api.txt");

    [Fact]
    public void Surface_EveryLine_IsInOrleans()
    {
        var official = ApiSubjects.Official.Select(ApiReader.Read).ToArray();
        Assert.NotEmpty(official);
        var wrong = new List<string>();
        foreach (var (name, heading, lines) in Parse(File.ReadAllLines(Page)))
        {
            var real = official.Select(types => types.GetValueOrDefault(name)).FirstOrDefault(type => type is not null);
            if (real is null)
            {
                if (ApiSubjects.OfficialIsComplete || !Elsewhere.Contains(name))
                    wrong.Add($"{name} is missing");

                continue;
            }

            var known = real.Implemented.Select(one => "implements " + one).Concat(real.Members).ToHashSet(StringComparer.Ordinal);
            wrong.AddRange(lines.Where(line => !known.Contains(line)).Select(line => $"{name}: {line}"));
            if (real.Heading != heading)
                wrong.Add($"{heading} is {real.Heading}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Surface_Page_HoldsTheTypesTheGrainsNeed()
    {
        var names = Parse(File.ReadAllLines(Page)).Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string>(Elsewhere, StringComparer.Ordinal), names);
        Assert.Contains("Orleans.Grain", names);
    }

    private static IEnumerable<(string Name, string Heading, string[] Lines)> Parse(string[] page)
    {
        for (int i = 0; i < page.Length;)
        {
            string heading = page[i++];
            int first = i;
            while (i < page.Length && page[i].StartsWith("    ", StringComparison.Ordinal))
                i++;

            string[] words = heading.Split(" : ")[0].Split(' ');
            yield return (words[^1], heading, [.. page[first..i].Select(line => line.Trim())]);
        }
    }
}

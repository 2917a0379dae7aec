using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace ZeroKSync.Tests.Unit.Architecture;

/// <summary>Reads the project files and the compiled assemblies, and fails on any reference that is not in the table.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly IReadOnlyDictionary<string, Project> All = Sources.Projects.Select(Project.Read).ToDictionary(project => project.Folder, StringComparer.Ordinal);

    public static TheoryData<string> Folders => [.. All.Keys.Where(folder => !Sources.IsUnder(folder, "Tests") || folder == "Tests/TestKit")];

    /// <summary>Those beside the unit tests.</summary>
    public static TheoryData<string> Assemblies => [.. Folders.Select(row => row.Data).Where(folder => File.Exists(AssemblyPath(folder)))];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Project_DirectReferences_AreInTheTable(string folder)
    {
        Assert.True(ProjectRules.Direct.ContainsKey(folder), $"{folder} is not in the table.");
        Assert.Empty(All[folder].References.Except(ProjectRules.Direct[folder]));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Project_WhatItReaches_IsNotForbidden(string folder) =>
        Assert.Empty(Reached(folder).Intersect(ProjectRules.Never.GetValueOrDefault(folder) ?? []));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Project_Packages_AreAllowedThere(string folder) =>
        Assert.All(All[folder].Packages, package => Assert.All(
            ProjectRules.Packages.Where(rule => package.StartsWith(rule.Key, StringComparison.Ordinal)),
            rule => Assert.Contains(folder, rule.Value)));

    [Fact]
    public void Project_EmbeddedRuntimeAndOrleans_AreNeverReferencedTogether() =>
        Assert.All(All.Values, project => Assert.True(
            !project.Unconditional.Any(name => name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal))
            && !project.Unconditional.Contains("EmbeddedRuntime"),
            $"{project.Folder} names a grain runtime without a condition."));

    [Fact]
    public void Assembly_EveryLibraryWithARule_IsAmongTheOnesRead() =>
        Assert.Subset(
            Assemblies.Select(row => row.Data).ToHashSet(StringComparer.Ordinal),
            new HashSet<string>(["Protocol", "Cryptography", "Session", "Transport", "ClientSdk", "Grains.Interfaces", "Grains", "Storage", "Gateway", "Silo", "Cli", "Bench"], StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Assembly_References_AreInTheTable(string folder)
    {
        using var file = new PEReader(File.OpenRead(AssemblyPath(folder)));
        var metadata = file.GetMetadataReader();
        var named = metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .Select(name => All.Values.FirstOrDefault(project => project.AssemblyName == name)?.Folder)
            .OfType<string>();
        // A type of a reference's reference may show in a signature; what is reached may be named.
        Assert.Empty(named.Except(Reached(folder)));
        Assert.Empty(named.Intersect(ProjectRules.Never.GetValueOrDefault(folder) ?? []));
    }

    private static string AssemblyPath(string folder) => Path.Combine(AppContext.BaseDirectory, All[folder].AssemblyName + ".dll");

    private static HashSet<string> Reached(string folder)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(All[folder].References);
        while (open.TryPop(out string? next))
        {
            if (reached.Add(next))
            {
                foreach (string further in All[next].References)
                    open.Push(further);
            }
        }

        return reached;
    }

    private sealed record Project(string Folder, string AssemblyName, string[] References, string[] Packages, string[] Unconditional)
    {
        public static Project Read(string path)
        {
            var root = XDocument.Parse(Sources.Read(path)).Root!;
            string folder = Path.GetDirectoryName(path)!.Replace('\\', '/');
            var references = root.Descendants("ProjectReference").ToDictionary(Target(folder));
            var packages = root.Descendants("PackageReference").ToLookup(element => (string)element.Attribute("Include")!);
            return new Project(
                folder,
                (string?)root.Descendants("AssemblyName").FirstOrDefault() ?? Path.GetFileNameWithoutExtension(path),
                [.. references.Keys],
                [.. packages.Select(group => group.Key)],
                [.. references.Where(pair => IsUnconditional(pair.Value)).Select(pair => pair.Key),
                    .. packages.Where(group => group.Any(IsUnconditional)).Select(group => group.Key)]);
        }

        private static Func<XElement, string> Target(string folder) => element =>
        {
            string full = Path.GetFullPath(Path.Combine("/", folder, ((string)element.Attribute("Include")!).Replace('\\', '/')));
            return Path.GetDirectoryName(full)!.Replace('\\', '/').TrimStart('/');
        };

        private static bool IsUnconditional(XElement element) =>
            element.AncestorsAndSelf().All(one => one.Attribute("Condition") is null);
    }
}

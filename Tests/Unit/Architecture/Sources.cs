using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Architecture;

/// <summary>The repository's own text, for rules about it. Paths are relative, with slashes.</summary>
internal static class Sources
{
    private static readonly string[] Skipped = ["bin", "obj", ".git"];

    public static IReadOnlyList<string> CSharp { get; } = [.. Find(new DirectoryInfo(RepositoryRoot.Path), "*.cs")];

    public static IReadOnlyList<string> Projects { get; } = [.. Find(new DirectoryInfo(RepositoryRoot.Path), "*.csproj")];

    public static IReadOnlyList<string> CSharpWhere(Func<string, bool> breaks) => [.. CSharp.Where(breaks)];

    public static string Read(string path) => File.ReadAllText(RepositoryRoot.File(path));

    public static string[] Lines(string path) => File.ReadAllLines(RepositoryRoot.File(path));

    public static bool IsUnder(string path, params ReadOnlySpan<string> folders)
    {
        foreach (string folder in folders)
        {
            if (path.StartsWith(folder + "/", StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private static IEnumerable<string> Find(DirectoryInfo folder, string pattern) =>
        folder.EnumerateFiles(pattern).Select(file => Path.GetRelativePath(RepositoryRoot.Path, file.FullName).Replace('\\', '/'))
            .Concat(folder.EnumerateDirectories().Where(sub => !Skipped.Contains(sub.Name)).SelectMany(sub => Find(sub, pattern)));
}

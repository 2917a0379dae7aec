namespace ZeroKSync.TestKit;

/// <summary>The folder with the solution, found from the test binary: for tests that compare with checked-in pages.</summary>
public static class RepositoryRoot
{
    private const string Solution = "ZeroKSync.Orleans.sln";

    public static string Path { get; } = Find();

    public static string File(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, Solution)))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No {Solution} above the test binaries.");
    }
}

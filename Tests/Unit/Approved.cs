using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit;

/// <summary>Compares text with its checked-in page. ZKS_APPROVE=1 writes the page instead, for a reviewed change.</summary>
internal static class Approved
{
    /// <param name="page">Path below Tests/Unit, with slashes.</param>
    /// <param name="actual">What the code says now, lines ended by LF.</param>
    public static void Compare(string page, string actual)
    {
        string path = RepositoryRoot.File("Tests", "Unit", page);
        if (Environment.GetEnvironmentVariable("ZKS_APPROVE") == "1")
            File.WriteAllText(path, actual);

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : string.Empty, actual);
    }
}

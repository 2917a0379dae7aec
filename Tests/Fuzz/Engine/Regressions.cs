using System.Security.Cryptography;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Fuzz.Engine;

/// <summary>
/// Inputs as files: hex digits, in lines, and lines of comment that begin with '#' and say what the input once did. Those of
/// Tests/Fuzz/Regressions run first; new ones go to fuzz-results, from where they are moved once what they found is understood.
/// </summary>
internal static class Regressions
{
    private const string Pattern = "*.hex";
    private const int DigitsPerLine = 128;

    public static IEnumerable<Regression> Of(string target)
    {
        string folder = RepositoryRoot.File("Tests", "Fuzz", "Regressions", target);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, Pattern).Order(StringComparer.Ordinal).Select(file => new Regression(file, Read(file)))
            : [];
    }

    /// <returns>The file.</returns>
    public static string Keep(string target, byte[] input, string comment)
    {
        string folder = Directory.CreateDirectory(RepositoryRoot.File("fuzz-results", target)).FullName;
        string file = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 8)) + ".hex");
        File.WriteAllLines(file, [$"# {comment}", .. Convert.ToHexStringLower(input).Chunk(DigitsPerLine).Select(line => new string(line))]);
        return file;
    }

    private static byte[] Read(string file) =>
        Convert.FromHexString(string.Concat(File.ReadLines(file).Where(line => !line.StartsWith('#')).Select(line => line.Trim())));
}

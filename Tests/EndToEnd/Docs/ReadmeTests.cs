using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Relay;

namespace ZeroKSync.Tests.EndToEnd.Docs;

public sealed class ReadmeTests
{
    [Fact]
    public void Example_IsTheOneThatCompiles()
    {
        string readme = File.ReadAllText(RepositoryRoot.File("README.md"));
        string source = File.ReadAllText(RepositoryRoot.File("Tests", "EndToEnd", "Docs", "ReadmeExample.cs"));

        Assert.Equal(Lines(Between(source, "// begin\n", "// end")), Lines(Between(readme, "```csharp\n", "```")));
    }

    [Fact]
    public async Task Example_AgainstARelay_RunsUntilItIsStopped()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        using var stop = new CancellationTokenSource();
        Task running = ReadmeExample.RunAsync(fixture.Sub("readme"), fixture.Relay.Address, stop.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{fixture.Relay.Http}") };
        CancellationToken limit = Bounded.Token();
        while (!(await http.GetStringAsync("/metrics", limit)).Contains("zks_gateway_pushes_total{} 1", StringComparison.Ordinal))
            Assert.False(running.IsFaulted, running.Exception?.Message);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within());
    }

    [Fact]
    public void Links_OfTheDocumentation_LeadSomewhere()
    {
        foreach (string page in (string[])[RepositoryRoot.File("README.md"), .. Directory.GetFiles(RepositoryRoot.File("docs"), "*.md", SearchOption.AllDirectories)])
        {
            foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(page), @"\]\((?!https?:)([^)#]+)\)"))
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value)), $"{Path.GetFileName(page)}: {link.Groups[1].Value}");
        }
    }

    private static string Between(string text, string from, string to)
    {
        int start = text.IndexOf(from, StringComparison.Ordinal) + from.Length;
        return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
}

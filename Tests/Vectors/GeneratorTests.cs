using System.Diagnostics;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Vectors;

/// <summary>The checked-in known answers are what their scripts print: run again where Node.js and the packages are.</summary>
public sealed class GeneratorTests
{
    [Theory]
    [InlineData("noise", "noise")]
    [InlineData("noise", "hello")]
    [InlineData("noise", "wrap")]
    [InlineData("mlkem", "mlkem")]
    [InlineData("argon2", "argon2")]
    public async Task Generator_RunAgain_PrintsWhatIsCheckedIn(string folder, string name)
    {
        string path = RepositoryRoot.File("Tests", "Vectors", "Generators", folder);
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(path, "node_modules", "@noble")), $"The packages of {folder} are not installed: eng/setup.sh takes them from npm where Node.js is.");
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = path };
        start.ArgumentList.Add(name + ".mjs");
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("Node.js could not be started.");
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(Bounded.Token(TimeSpan.FromMinutes(2)));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        Assert.True(process.ExitCode == 0, await errors);
        string generated = await File.ReadAllTextAsync(RepositoryRoot.File("Tests", "Vectors", "Generated", name + ".json"), TestContext.Current.CancellationToken);
        Assert.Equal(generated.ReplaceLineEndings("\n"), (await output).ReplaceLineEndings("\n"));
    }
}

using System.Diagnostics;
using System.Text.Json;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Status;

/// <summary>A real browser on the status page, driven by browser/look.mjs: it is told words, and answers in lines of JSON.</summary>
internal sealed class StatusBrowser : IAsyncDisposable
{
    /// <summary>A browser starts slowly on a loaded machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string Folder = RepositoryRoot.File("Tests", "EndToEnd", "Status", "browser");
    private static readonly string[] Browsers = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
    private readonly Process _process;
    private readonly Task<string> _errors;

    private StatusBrowser(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <summary>Why it cannot run here; null where it can.</summary>
    public static string? Absence =>
        !Directory.Exists(Path.Combine(Folder, "node_modules", "playwright-core")) ? "playwright-core is not installed: eng/setup.sh takes it from npm where Node.js is"
        : !Browsers.Any(File.Exists) ? "Chromium is not installed: eng/setup.sh takes chromium-headless-shell from Debian"
        : null;

    /// <summary>Opens the page. ZKS_SCREENSHOTS names a folder that gets pictures of it.</summary>
    public static StatusBrowser Open(string url)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        foreach (string argument in (string[])["look.mjs", Browsers.First(File.Exists), url, Environment.GetEnvironmentVariable("ZKS_SCREENSHOTS") ?? string.Empty])
            start.ArgumentList.Add(argument);

        return new StatusBrowser(Process.Start(start) ?? throw new InvalidOperationException("The browser could not be started."));
    }

    public async Task<JsonElement> AskAsync(string word)
    {
        await _process.StandardInput.WriteLineAsync(word);
        await _process.StandardInput.FlushAsync(Bounded.Token());
        return await HearAsync(word);
    }

    /// <summary>The next thing it says, which must be about <paramref name="what"/>.</summary>
    public async Task<JsonElement> HearAsync(string what)
    {
        string? line = await _process.StandardOutput.ReadLineAsync(Bounded.Token(Patience));
        if (line is null)
            Assert.Fail($"the browser ended before it said '{what}': {await _errors.Within()}");

        JsonElement said = JsonDocument.Parse(line).RootElement;
        Assert.True(said.TryGetProperty(what, out JsonElement value), $"expected '{what}', heard {line}");
        return value;
    }

    public async ValueTask DisposeAsync()
    {
        // It closes its browser when nobody speaks any more.
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync(Bounded.Token());
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}

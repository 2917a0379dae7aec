using System.Diagnostics;
using System.Text.Json;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Interop;

/// <summary>The peer in quiche/peer.mjs: a process that speaks QUIC by another implementation and talks to the test in lines of JSON.</summary>
internal sealed class QuichePeer : IAsyncDisposable
{
    private static readonly string Folder = RepositoryRoot.File("Tests", "EndToEnd", "Interop", "quiche");
    private readonly Process _process;
    private readonly Task<string> _errors;

    private QuichePeer(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <summary>Why it cannot run here; null where it can.</summary>
    public static string? Absence =>
        !Directory.Exists(Path.Combine(Folder, "node_modules", "@matrixai", "quic")) ? "quiche is not installed: eng/setup.sh takes it from npm where Node.js is"
        : null;

    public static QuichePeer Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        start.ArgumentList.Add("peer.mjs");
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);

        return new QuichePeer(Process.Start(start) ?? throw new InvalidOperationException("The peer could not be started."));
    }

    public async Task SayAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync(Bounded.Token());
    }

    /// <summary>The next thing it says, which must be about <paramref name="what"/>.</summary>
    public async Task<JsonElement> HearAsync(string what)
    {
        string? line = await _process.StandardOutput.ReadLineAsync(Bounded.Token());
        Assert.True(line is not null, $"the peer ended before it said '{what}'");
        JsonElement said = JsonDocument.Parse(line).RootElement;
        Assert.True(said.TryGetProperty(what, out JsonElement value), $"expected '{what}', heard {line}");
        return value;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.HasExited)
            _process.Kill();

        await _process.WaitForExitAsync(Bounded.Token());
        string errors = await _errors;
        if (errors.Length > 0)
            TestContext.Current.TestOutputHelper?.WriteLine(errors);

        _process.Dispose();
    }
}

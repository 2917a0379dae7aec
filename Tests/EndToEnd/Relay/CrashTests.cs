using System.Net;
using System.Net.Sockets;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>A relay's program with a bug: what it writes holds no message, because those from underneath name keys and addresses.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Program_UnhandledException_WritesTypesAndStackAloneAndEndsAsAborted()
    {
        using var folder = new TempDirectory();
        // Whoever asks this one for its health waits, which is the time for a crash.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var environment = new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location, [StartupHook.Variable] = folder.Sub("crash") };
        Task<ProgramRun> running = ProgramRun.RunAsync(Programs.Relay, string.Empty, environment, "health", "--http", silent.LocalEndpoint.ToString()!);
        using Socket asked = await silent.AcceptSocketAsync(Bounded.Token());
        await File.WriteAllTextAsync(folder.Sub("crash"), string.Empty, Bounded.Token());

        ProgramRun run = await running;

        Assert.Equal(134, run.ExitCode);
        foreach (string told in (string[])["zks-relay: crashed", typeof(InvalidOperationException).FullName!, typeof(TimeoutException).FullName!, nameof(StartupHook)])
            Assert.Contains(told, run.Error, StringComparison.Ordinal);

        Assert.DoesNotContain(StartupHook.Canary, run.Error, StringComparison.Ordinal);
    }
}

using System.Diagnostics;
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
        var start = new ProcessStartInfo(Programs.Relay, ["health", "--http", silent.LocalEndpoint.ToString()!]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        start.Environment[StartupHook.Variable] = folder.Sub("crash");
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(Bounded.Token());
            using Socket asked = await silent.AcceptSocketAsync(Bounded.Token());
            await File.WriteAllTextAsync(folder.Sub("crash"), string.Empty, Bounded.Token());
            await process.WaitForExitAsync(Bounded.Token());

            Assert.Equal(134, process.ExitCode);
            string notice = await error;
            foreach (string told in (string[])["zks-relay: crashed", typeof(InvalidOperationException).FullName!, typeof(TimeoutException).FullName!, nameof(StartupHook)])
                Assert.Contains(told, notice, StringComparison.Ordinal);

            Assert.DoesNotContain(StartupHook.Canary, notice, StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}

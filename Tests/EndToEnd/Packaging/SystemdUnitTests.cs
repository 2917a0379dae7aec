using System.Net.Sockets;
using System.Text;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Relay;

namespace ZeroKSync.Tests.EndToEnd.Packaging;

/// <summary>The unit file as systemd reads it, and the relay as systemd starts it.</summary>
public sealed class SystemdUnitTests : IDisposable
{
    private const string Analyze = "/usr/bin/systemd-analyze";

    // Of 100: what systemd itself calls OK begins at 50. What is left is the network, which a relay is for, and a compiler's memory.
    private const string ExposureMax = "20";

    private static readonly string Unit = RepositoryRoot.File("packaging", "systemd", "zks-relay.service");
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Unit_AsSystemdReadsIt_HasNoFault()
    {
        string unit = await WithTheProgramAsync();

        ProgramRun run = await ProgramRun.RunAsync(Analyze, string.Empty, "verify", "--man=no", unit);

        Assert.Equal(string.Empty, run.Error + run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Unit_WhatSystemdThinksOfItsHardening_IsWell()
    {
        string unit = await WithTheProgramAsync();

        ProgramRun run = await ProgramRun.RunAsync(Analyze, string.Empty, "security", "--offline=yes", "--no-pager", $"--threshold={ExposureMax}", unit);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public async Task Unit_ItsCommandLine_IsOneTheRelayTakes()
    {
        string[] start = (await File.ReadAllLinesAsync(Unit, Bounded.Token())).Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..].Split(' ');
        await File.WriteAllTextAsync(_folder.Sub("relay.json"), "{}", Bounded.Token());

        ProgramRun run = await ProgramRun.RunAsync(
            Programs.Relay,
            string.Empty,
            ["options", .. start.Skip(2).Select(word => word.EndsWith("relay.json", StringComparison.Ordinal) ? _folder.Sub("relay.json") : word)]);

        Assert.Equal("/usr/lib/zks-relay/zks-relay run", string.Join(' ', start[..2]));
        Assert.True(run.ExitCode == 0, run.Error);
    }

    // What systemd does: it waits at a socket for what the process says.
    [Fact]
    public async Task Relay_StartedAsAService_SaysReadyAndStoppingAndStillWritesItsOwnLog()
    {
        using var notices = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        notices.Bind(new UnixDomainSocketEndPoint(_folder.Sub("notify")));
        string script = $"NOTIFY_SOCKET='{_folder.Sub("notify")}' exec '{Programs.Relay}' run --data '{_folder.Sub("data")}' --listen 127.0.0.1:0 --http 127.0.0.1:0 --preset bench 2>'{_folder.Sub("log")}'";
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardOutput = true };
        using System.Diagnostics.Process relay = System.Diagnostics.Process.Start(start)!;
        try
        {
            Assert.Contains("READY=1", await ReceiveAsync(), StringComparison.Ordinal);
            using System.Diagnostics.Process kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{relay.Id}"]);
            Assert.Contains("STOPPING=1", await ReceiveAsync(), StringComparison.Ordinal);
            await relay.WaitForExitAsync(Bounded.Token());
            Assert.Equal(0, relay.ExitCode);
        }
        finally
        {
            if (!relay.HasExited)
                relay.Kill();
        }

        // The library's own format for the journal begins with a level in brackets, and holds everybody's messages.
        string[] lines = (await File.ReadAllTextAsync(_folder.Sub("log"), Bounded.Token())).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.DoesNotContain(lines, line => line.StartsWith('<'));
        Assert.Contains(lines, line => line.Contains("zks-relay[310] Limits of the preset 'bench'", StringComparison.Ordinal));

        async Task<string> ReceiveAsync()
        {
            byte[] buffer = new byte[1024];
            return Encoding.UTF8.GetString(buffer, 0, await notices.ReceiveAsync(buffer, Bounded.Token()));
        }
    }

    // The tool looks for the program, which is not installed here.
    private async Task<string> WithTheProgramAsync()
    {
        if (!File.Exists(Analyze))
            Assert.Skip("systemd-analyze is not installed here.");

        string unit = _folder.Sub("zks-relay.service");
        string text = await File.ReadAllTextAsync(Unit, Bounded.Token());
        await File.WriteAllTextAsync(unit, text.Replace("/usr/lib/zks-relay/zks-relay", Programs.Relay, StringComparison.Ordinal), Bounded.Token());
        return unit;
    }
}

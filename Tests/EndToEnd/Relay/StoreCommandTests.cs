using System.Text.Json;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>An operator's commands on a data directory: what they print, and what they end with.</summary>
public sealed class StoreCommandTests
{
    private const int Blobs = 40;

    [Fact]
    public async Task BackupAndRestore_OfARunningRelay_BringItsGroupsBackUnderNewEpochs()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await using ITransport transport = TransportEngines.Create();
        using var load = new PushLoad(transport, groups: 2, devicesPerGroup: 1, window: 8);
        await load.ConnectAsync(fixture.Relay);
        Assert.True(await load.PushAsync(Blobs, int.MaxValue, out _).Within());
        string backup = fixture.Sub("backup.db");

        ProgramRun backedUp = await RunAsync("backup", fixture, backup);
        ProgramRun again = await RunAsync("backup", fixture, backup);
        JsonElement stats = Json(await RunAsync("stats", fixture, "--json"));
        JsonElement verified = Json(await RunAsync("verify", fixture, "--json"));

        Assert.Equal(0, backedUp.ExitCode);
        Assert.StartsWith("bytes: ", backedUp.Output, StringComparison.Ordinal);
        Assert.Equal((1, string.Empty), (again.ExitCode, again.Output));
        Assert.Equal((2, 2 * Blobs), (stats.GetProperty("groups").GetInt64(), stats.GetProperty("rows").GetInt64()));
        Assert.Equal(("yes", 2 * Blobs, 0), (verified.GetProperty("sound").GetString(), verified.GetProperty("rows").GetInt64(), verified.GetProperty("corrupt_rows").GetInt64()));

        // Not beside a running relay.
        Assert.Equal(1, (await RunAsync("restore", fixture, backup)).ExitCode);
        await load.DisconnectAsync();
        await fixture.Relay.TerminateAsync(Bounded.Token());
        ProgramRun restored = await RunAsync("restore", fixture, backup);
        Assert.True(restored.ExitCode == 0, restored.Error);
        Assert.Equal("groups: 2", restored.Output.Trim());
        JsonElement renewed = Json(await RunAsync("renew-epochs", fixture, "--json"));
        Assert.Equal(2, renewed.GetProperty("groups").GetInt64());

        await fixture.StartAgainAsync();
        await load.ConnectAsync(fixture.Relay);
        await load.VerifyAsync();
        await load.DisconnectAsync();
    }

    [Fact]
    public async Task Verify_OfADamagedDatabase_EndsWithItsOwnCode()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await using ITransport transport = TransportEngines.Create();
        using var load = new PushLoad(transport, groups: 1, devicesPerGroup: 1, window: 8);
        await load.ConnectAsync(fixture.Relay);
        Assert.True(await load.PushAsync(Blobs, int.MaxValue, out _).Within());
        await load.DisconnectAsync();
        await fixture.Relay.TerminateAsync(Bounded.Token());
        await DamageAsync(Path.Combine(fixture.RelayData, "relay.db"));

        ProgramRun run = await RunAsync("verify", fixture);

        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("sound: no", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trim_OfAStoppedRelay_SaysWhatItDid()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        Assert.Equal(1, (await RunAsync("trim", fixture)).ExitCode);
        await fixture.Relay.TerminateAsync(Bounded.Token());

        JsonElement trimmed = Json(await RunAsync("trim", fixture, "--json", "--set", "Group:HoleRetention=00:00:00"));

        Assert.Equal((0, 0), (trimmed.GetProperty("expired_rows").GetInt64(), trimmed.GetProperty("trimmed_rows").GetInt64()));
    }

    [Theory]
    [InlineData("stats")]
    [InlineData("verify")]
    [InlineData("trim")]
    [InlineData("renew-epochs")]
    public async Task Command_WhereNothingIs_FailsAndMakesNothing(string command)
    {
        using var folder = new TempDirectory();

        ProgramRun run = await ProgramRun.RunAsync(Programs.Relay, string.Empty, command, "--data", folder.Sub("none"));
        ProgramRun empty = await ProgramRun.RunAsync(Programs.Relay, string.Empty, command, "--data", folder.Path);

        Assert.Equal((1, 1), (run.ExitCode, empty.ExitCode));
        Assert.StartsWith("zks-relay: ", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("zks-relay: ", empty.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Health_OfARelay_IsItsAnswer()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();

        ProgramRun live = await ProgramRun.RunAsync(Programs.Relay, string.Empty, "health", "--http", fixture.Relay.Http);
        ProgramRun ready = await ProgramRun.RunAsync(Programs.Relay, string.Empty, "health", "--ready", "--http", fixture.Relay.Http);
        await fixture.Relay.KillAsync().Within();
        ProgramRun gone = await ProgramRun.RunAsync(Programs.Relay, string.Empty, "health", "--http", fixture.Relay.Http);

        Assert.Equal((0, "live"), (live.ExitCode, live.Output.Trim()));
        Assert.Equal((0, "ready"), (ready.ExitCode, ready.Output.Trim()));
        Assert.Equal(1, gone.ExitCode);
    }

    private static Task<ProgramRun> RunAsync(string command, RelayFixture fixture, params IEnumerable<string> arguments) =>
        ProgramRun.RunAsync(Programs.Relay, string.Empty, [command, .. arguments, "--data", fixture.RelayData]);

    private static JsonElement Json(ProgramRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    // In the middle of the last page that holds rows: envelopes are random, so a run of them is anywhere but in free pages.
    private static async Task DamageAsync(string database)
    {
        byte[] bytes = await File.ReadAllBytesAsync(database, Bounded.Token());
        for (int at = bytes.Length / 2; at < bytes.Length; at += 512)
            bytes[at] ^= 0x40;

        await File.WriteAllBytesAsync(database, bytes, Bounded.Token());
    }
}

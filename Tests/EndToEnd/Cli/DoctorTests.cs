using System.Text.Json;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Relay;

namespace ZeroKSync.Tests.EndToEnd.Cli;

/// <summary>What <c>zks doctor</c> says of a machine and a directory.</summary>
public sealed class DoctorTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Doctor_BeforeInit_SaysWhatTheMachineCanDoAndMakesNothing()
    {
        using var folder = new TempDirectory();
        string directory = folder.Sub("none");

        ProgramRun run = await ZksAsync("--dir", directory, "--json", "doctor");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        JsonElement told = JsonDocument.Parse(run.Output).RootElement;
        JsonElement passphrase = told.GetProperty("passphrase");
        JsonElement[] tiers = [.. passphrase.GetProperty("tiers").EnumerateArray()];
        JsonElement chosen = Assert.Single(tiers, tier => tier.GetProperty("chosen").GetBoolean());
        Assert.Equal([(4000, 19, 2), (8000, 46, 1), ((int?)null, 64, 3)], tiers.Select(Tier));
        long memory = told.GetProperty("memory_mib").GetInt64();
        Assert.Equal(Tier(tiers.First(tier => tier.GetProperty("below_mib").ValueKind == JsonValueKind.Null || memory < tier.GetProperty("below_mib").GetInt32())), Tier(chosen));
        Assert.True(passphrase.GetProperty("measured_ms").GetDouble() > 0);
        // What the function took lies in the process's peak, with whatever else the process began to use meanwhile.
        Assert.InRange(passphrase.GetProperty("measured_mib").GetInt32(), chosen.GetProperty("cost_mib").GetInt32() - 8, chosen.GetProperty("cost_mib").GetInt32() + 64);
        Assert.Contains(told.GetProperty("ml_kem").GetString(), (string[])["managed", "platform"]);
        Assert.True(told.TryGetProperty("quic", out _));
        Assert.False(told.GetProperty("has_device").GetBoolean());
        Assert.Equal(0, told.GetProperty("open_to_others").GetArrayLength());
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task Doctor_OfADevice_FindsWhatIsOpenToOthers()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other permissions.");
            return;
        }

        using var folder = new TempDirectory();
        string directory = folder.Sub("device");
        Assert.Equal(0, (await ZksAsync("--dir", directory, "init", "--name", "laptop")).ExitCode);

        ProgramRun good = await ZksAsync("--dir", directory, "--json", "doctor");
        File.SetUnixFileMode(Path.Combine(directory, "device.key"), Private | UnixFileMode.GroupRead);
        ProgramRun bad = await ZksAsync("--dir", directory, "--json", "doctor");
        ProgramRun told = await ZksAsync("--dir", directory, "doctor");

        Assert.Equal(0, good.ExitCode);
        Assert.True(JsonDocument.Parse(good.Output).RootElement.GetProperty("has_device").GetBoolean());
        Assert.Equal(6, bad.ExitCode);
        Assert.Equal(["device.key"], JsonDocument.Parse(bad.Output).RootElement.GetProperty("open_to_others").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(6, told.ExitCode);
        Assert.Contains("chmod go=: device.key", told.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_WhereMemoryCannotBeLocked_SaysSo()
    {
        using var folder = new TempDirectory();
        string directory = folder.Sub("device");

        ProgramRun run = await WithoutLocking.RunAsync(Programs.Cli, "--dir", directory, "--json", "doctor");
        ProgramRun works = await WithoutLocking.RunAsync(Programs.Cli, "--dir", directory, "init", "--name", "laptop");

        Assert.Equal(0, run.ExitCode);
        Assert.False(JsonDocument.Parse(run.Output).RootElement.GetProperty("locked_memory").GetBoolean());
        Assert.Equal(0, works.ExitCode);
    }

    private static (int? Below, int Cost, int Passes) Tier(JsonElement tier) => (
        tier.GetProperty("below_mib").ValueKind == JsonValueKind.Null ? null : tier.GetProperty("below_mib").GetInt32(),
        tier.GetProperty("cost_mib").GetInt32(),
        tier.GetProperty("passes").GetInt32());

    private static Task<ProgramRun> ZksAsync(params string[] arguments) => ProgramRun.RunAsync(Programs.Cli, string.Empty, arguments);
}

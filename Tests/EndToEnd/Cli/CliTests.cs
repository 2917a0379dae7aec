using System.Text.Json;
using ZeroKSync.Client;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Relay;

namespace ZeroKSync.Tests.EndToEnd.Cli;

/// <summary>What a person and a script see of <c>zks</c>.</summary>
public sealed class CliTests
{
    [Fact]
    public async Task Zks_FiveMinuteStart_Works()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        RelayAddress relay = fixture.Relay.Address;
        string a = fixture.Sub("cli-a");
        string b = fixture.Sub("cli-b");
        Assert.Equal(0, (await ZksAsync("", "--dir", a, "init", "--name", "laptop")).ExitCode);
        Assert.Equal(0, (await ZksAsync("", "--dir", b, "init", "--name", "phone")).ExitCode);
        Assert.Equal(0, (await ZksAsync("", "--dir", a, "group", "create", "--relay", relay.ToText())).ExitCode);

        ProgramRun invite = await ZksAsync("", "--dir", a, "invite");
        Assert.Equal(0, invite.ExitCode);
        Assert.Equal(0, (await ZksAsync(invite.Output, "--dir", b, "join")).ExitCode);
        Assert.Equal(0, (await ZksAsync("", "--dir", a, "push", "hello")).ExitCode);
        Assert.Equal(0, (await ZksAsync("from stdin", "--dir", a, "push", "-")).ExitCode);

        ProgramRun pull = await ZksAsync("", "--dir", b, "--json", "pull");
        Assert.Equal(0, pull.ExitCode);
        string[] lines = pull.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["hello", "from stdin"], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()));
        Assert.Empty((await ZksAsync("", "--dir", b, "pull")).Output);

        ProgramRun status = await ZksAsync("", "--dir", a, "--json", "status");
        JsonElement told = JsonDocument.Parse(status.Output).RootElement;
        Assert.True(told.GetProperty("in_group").GetBoolean());
        Assert.Equal(0, told.GetProperty("pending").GetInt32());
    }

    [Fact]
    public async Task Zks_BeforeInit_SaysWhatToDo()
    {
        using var folder = new TempDirectory();

        ProgramRun run = await ZksAsync("", "--dir", folder.Sub("none"), "push", "x");

        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("zks: ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Sub("none")));
    }

    [Fact]
    public async Task Zks_RelayThatIsNotThere_IsUnreachable()
    {
        using var folder = new TempDirectory();
        await ZksAsync("", "--dir", folder.Sub("a"), "init", "--name", "x");

        ProgramRun badAddress = await ZksAsync("", "--dir", folder.Sub("a"), "group", "create", "--relay", "localhost:1");
        ProgramRun badInvite = await ZksAsync("nonsense\n", "--dir", folder.Sub("a"), "--json", "join");

        Assert.Equal(2, badAddress.ExitCode);
        Assert.Equal(5, badInvite.ExitCode);
        Assert.Equal("InviteInvalid", JsonDocument.Parse(badInvite.Error.Split('\n')[0]).RootElement.GetProperty("error").GetString());
    }

    private static Task<ProgramRun> ZksAsync(string input, params string[] arguments) => ProgramRun.RunAsync(Programs.Cli, input, arguments);
}

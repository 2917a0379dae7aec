using System.Net;
using System.Net.Quic;
using System.Net.Sockets;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>A relay that cannot start says why in one sentence, and leaves everything as it was.</summary>
public sealed class RelayStartTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{ "Gateway": { "SessionsMx": 5 } }""", "SessionsMx")]
    [InlineData("""{ "Gatway": { } }""", "Gatway")]
    [InlineData("""{ "Group": { "DevicesMax": 65 } }""", "DevicesMax")]
    [InlineData("not json", "not valid")]
    public async Task Run_BadConfiguration_NamesTheKey(string configuration, string named)
    {
        string file = _folder.Sub("relay.json");
        await File.WriteAllTextAsync(file, configuration, Bounded.Token());

        ProgramRun run = await RunAsync("--data", _folder.Sub("data"), "--config", file);

        AssertRefused(run, named);
        Assert.False(Directory.Exists(_folder.Sub("data")));
    }

    [Fact]
    public async Task Run_TakenUdpPort_SaysSo()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        ProgramRun run = await RunAsync("--data", _folder.Sub("data"), "--listen", taken.LocalEndPoint!.ToString()!);

        AssertRefused(run, "in use");
    }

    [Theory]
    [InlineData("--loops", "65", "between 0 and 64")]
    [InlineData("--loops", "-1", "between 0 and 64")]
    [InlineData("--datagrams", "pigeons", "pigeons")]
    public async Task Run_EngineOptionOutOfBounds_SaysSo(string option, string value, string named)
    {
        ProgramRun run = await RunAsync("--data", _folder.Sub("data"), option, value);

        AssertRefused(run, named);
    }

    [Fact]
    public async Task Run_QlogDirectoryThatIsAFile_SaysSo()
    {
        await File.WriteAllTextAsync(_folder.Sub("file"), string.Empty, Bounded.Token());

        ProgramRun run = await RunAsync("--data", _folder.Sub("data"), "--qlog", _folder.Sub("file"));

        AssertRefused(run, "qlog directory");
    }

    // The port is taken so that the program ends by itself, after what it has to say of the machine.
    [Fact]
    public async Task Run_WhereMemoryCannotBeLocked_WarnsOnce()
    {
        const string Warning = "Memory with secrets is not locked";
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string[] arguments = ["run", "--data", _folder.Sub("data"), "--listen", "127.0.0.1:0", "--http", taken.LocalEndpoint.ToString()!];

        ProgramRun run = await WithoutLocking.RunAsync(Programs.Relay, arguments);

        AssertRefused(run, "already in use");
        Assert.Equal(2, run.Error.Split(Warning).Length);
    }

    [Fact]
    public async Task Run_TakenTcpPort_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        ProgramRun run = await RunAsync("--data", _folder.Sub("data"), "--http", taken.LocalEndpoint.ToString()!);

        AssertRefused(run, "in use");
    }

    [Theory]
    [InlineData("--websocket")]
    [InlineData("--listen")]
    public async Task Run_TakenWebSocketPort_SaysSo(string option)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        // The fallback takes the number of the UDP port where it is not told otherwise.
        ProgramRun run = await RunAsync("--data", _folder.Sub("data"), option, taken.LocalEndpoint.ToString()!);

        AssertRefused(run, "in use");
    }

    [Theory]
    [InlineData("same")]
    [InlineData("off")]
    public async Task Run_WebSocket_ListensAtTheSameNumberOrNotAtAll(string choice)
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync(webSocket: choice);

        Assert.Equal(choice == "off" ? "off" : fixture.Relay.Address.HostAndPort, fixture.Relay.WebSocket);
    }

    [Fact]
    public async Task Run_WebSocketNowhere_IsAUsageError()
    {
        ProgramRun run = await RunAsync("--data", _folder.Sub("data"), "--websocket", "maybe");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("--websocket", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_EngineNobodyKnows_IsAUsageError()
    {
        ProgramRun run = await RunAsync("--data", _folder.Sub("data"), "--engine", "quiche");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("--engine", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Sub("data")));
    }

    [Fact]
    public async Task Run_EngineForcedAndMissing_SaysWhatToInstallAndTakesNoOther()
    {
        Assert.SkipWhen(QuicListener.IsSupported, "System.Net.Quic runs here, so it cannot be missed.");

        ProgramRun run = await RunAsync("--data", _folder.Sub("data"), "--engine", "system-net-quic");

        AssertRefused(run, "libmsquic");
    }

    [Fact]
    public async Task Run_Engine_IsSaidOnceInTheLog()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        // It has written all it had to say when it is over.
        await fixture.Relay.TerminateAsync(Bounded.Token());

        string log = await File.ReadAllTextAsync(fixture.Log, Bounded.Token());
        Assert.Single(log.Split('\n'), line => line.Contains(OperatingSystem.IsWindows() ? "QUIC engine: System.Net.Quic " : "QUIC engine: ngtcp2 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_DataDirectoryThatIsAFile_SaysSo()
    {
        string file = _folder.Sub("data");
        await File.WriteAllTextAsync(file, "mine", Bounded.Token());

        ProgramRun run = await RunAsync("--data", file);

        AssertRefused(run, "data directory");
        Assert.Equal("mine", await File.ReadAllTextAsync(file, Bounded.Token()));
    }

    [Fact]
    public async Task Run_DataDirectoryInUse_SaysSo()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();

        ProgramRun run = await RunAsync("--data", fixture.RelayData);

        AssertRefused(run, "Another process");
    }

    [Fact]
    public async Task Run_UnknownOption_IsAUsageError()
    {
        ProgramRun run = await RunAsync("--data", _folder.Sub("data"), "--lissten", "127.0.0.1:0");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("--lissten", run.Error, StringComparison.Ordinal);
    }

    private static Task<ProgramRun> RunAsync(params string[] arguments)
    {
        string[] defaults = [.. arguments.Contains("--listen") ? [] : (string[])["--listen", "127.0.0.1:0"], .. arguments.Contains("--http") ? [] : (string[])["--http", "127.0.0.1:0"]];
        return ProgramRun.RunAsync(Programs.Relay, string.Empty, ["run", .. arguments, .. defaults]);
    }

    private static void AssertRefused(ProgramRun run, string named)
    {
        Assert.NotEqual(0, run.ExitCode);
        Assert.DoesNotContain("ready ", run.Output, StringComparison.Ordinal);
        Assert.Contains(named, run.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}

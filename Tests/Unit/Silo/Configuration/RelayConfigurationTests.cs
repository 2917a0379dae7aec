using ZeroKSync.Silo;
using ZeroKSync.Silo.Configuration;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Silo.Configuration;

public sealed class RelayConfigurationTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Nothing_IsThePresetDefault()
    {
        RelayConfiguration configuration = Load("{}");

        Assert.Equal("default", configuration.Relay.Preset);
        Assert.Equal(10_000, configuration.Gateway.SessionsMax);
        Assert.All(configuration.Describe(), option => Assert.Null(option.Source));
    }

    [Fact]
    public void Load_FileSecretsAndCommandLine_TheLaterWins()
    {
        Directory.CreateDirectory(_folder.Sub("secrets"));
        File.WriteAllText(_folder.Sub("secrets/Gateway__SessionsMax"), "22\n");
        File.WriteAllText(_folder.Sub("secrets/Gateway__MessagesBurst"), "222");
        File.WriteAllText(_folder.Sub("relay.json"), """{ "Relay": { "Preset": "hobby" }, "Gateway": { "SessionsMax": 11, "MessagesBurst": 111, "SessionsPerAddressMax": 1 }, }""");

        RelayConfiguration configuration = RelayConfiguration.Load(new ConfigurationSources(
            _folder.Sub("relay.json"),
            _folder.Sub("secrets"),
            [new CommandLineValue("gateway:sessionsmax", "--set", "33")]));

        Assert.Equal((33, 222.0, 1), (configuration.Gateway.SessionsMax, configuration.Gateway.MessagesBurst, configuration.Gateway.SessionsPerAddressMax));
        Assert.Equal(100.0 / 60, configuration.Gateway.MessagesPerSecond);
        Dictionary<string, string?> sources = configuration.Describe().ToDictionary(option => option.Key, option => option.Source);
        Assert.Equal("--set", sources["Gateway:SessionsMax"]);
        Assert.Equal("secrets/Gateway__MessagesBurst", sources["Gateway:MessagesBurst"]);
        Assert.Equal("relay.json", sources["Relay:Preset"]);
        Assert.Null(sources["Gateway:MessagesPerSecond"]);
    }

    [Theory]
    [InlineData("""{ "Gateway": { "SessionsMx": 5 } }""", "Gateway:SessionsMx (set by relay.json) is not known: did you mean Gateway:SessionsMax?")]
    [InlineData("""{ "Gatway": { } }""", "Gatway (set by relay.json) is not known: did you mean Gateway?")]
    [InlineData("""{ "Gatway": { "SessionsMax": 5 } }""", "did you mean Gateway")]
    [InlineData("""{ "Wallpaper": { "Colour": "blue" } }""", "the sections are Relay, Engine")]
    [InlineData("""{ "Gateway": { "Wallpaper": "blue" } }""", "'zks-relay options' lists those of Gateway")]
    [InlineData("""{ "Gateway": 5 }""", "Gateway (set by relay.json) is a section")]
    [InlineData("""{ "Gateway": { "SessionsMax": [ 5 ] } }""", "is one value")]
    [InlineData("""{ "Gateway": { "SessionsMax": null } }""", "is one value")]
    [InlineData("""{ "Gateway": { "SessionsMax": { "Now": 5 } } }""", "is one value")]
    [InlineData("""{ "Group": { "DevicesMax": 65 } }""", "Group:DevicesMax (set by relay.json) must be between 1 and 64, and is '65'.")]
    [InlineData("""{ "Group": { "DevicesMax": "many" } }""", "Group:DevicesMax (set by relay.json) must be a whole number, and is 'many'.")]
    [InlineData("""{ "Group": { "DevicesMax": 1e99 } }""", "must be a whole number")]
    [InlineData("""{ "Group": { "TtlDefault": "40.00:00:00" } }""", "Group:TtlDefault")]
    [InlineData("""{ "Group": { "TtlDefault": "soon" } }""", "must be a time as d.hh:mm:ss")]
    [InlineData("""{ "Gateway": { "MessagesPerSecond": "NaN" } }""", "Gateway:MessagesPerSecond")]
    [InlineData("""{ "Engine": { "Datagrams": "pigeons" } }""", "must be Automatic or")]
    [InlineData("""{ "Engine": { "Datagrams": "77" } }""", "must be Automatic or")]
    [InlineData("""{ "Relay": { "Preset": "huge" } }""", "Relay:Preset (set by relay.json) must be default, hobby or bench, and is 'huge'.")]
    [InlineData("""{ "Telemetry": { "OtlpEndpoint": "gopher://x" } }""", "Telemetry:OtlpEndpoint")]
    [InlineData("""{ "Group": { "DevicesMax": 6 }, "Group": { "devicesmax": 7 } }""", "duplicate")]
    [InlineData("not json", "not valid JSON")]
    [InlineData("[]", "not valid")]
    public void Load_FileThatIsNotValid_SaysWhatAndWhere(string json, string said) =>
        Assert.Contains(said, Assert.Throws<ConfigurationException>(() => Load(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_FileThatIsNotThere_SaysSoWithoutItsPath()
    {
        var exception = Assert.Throws<ConfigurationException>(() => new ConfigurationSources(_folder.Sub("none.json"), null, []));

        Assert.Contains("does not exist", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SecretOnTheCommandLine_IsRefusedAndNotRepeated()
    {
        var exception = Assert.Throws<ConfigurationException>(() => Load("{}", new CommandLineValue("Telemetry:OtlpHeaders", "--set", "authorization=xyzzy")));

        Assert.Contains("Telemetry:OtlpHeaders", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("xyzzy", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_Secret_IsNotShown()
    {
        RelayConfiguration configuration = Load("""{ "Telemetry": { "OtlpHeaders": "authorization=xyzzy" } }""");

        Assert.Equal("authorization=xyzzy", configuration.Telemetry.OtlpHeaders);
        Assert.Equal("(secret)", configuration.Describe().Single(option => option.Key == "Telemetry:OtlpHeaders").Value);
        Assert.DoesNotContain(configuration.Describe(), option => option.Value.Contains("xyzzy", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_List_IsTakenEntryByEntryAndNotShown()
    {
        string id = new('a', 64);

        RelayConfiguration configuration = Load($$"""{ "Admission": { "Mode": "List", "Groups": [ "{{id}}" ] } }""", new CommandLineValue("Admission:Devices:0", "--set", id));

        Assert.Equal([id], configuration.Admission.Groups);
        Assert.Equal([id], configuration.Admission.Devices);
        Assert.Equal(("(1 entries)", "relay.json"), configuration.Describe().Where(option => option.Key == "Admission:Groups").Select(option => (option.Value, option.Source)).Single());
        Assert.Equal("--set", configuration.Describe().Single(option => option.Key == "Admission:Devices").Source);
        Assert.DoesNotContain(configuration.Describe(), option => option.Value.Contains(id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Admission:Groups", "abc", "is a list")]
    [InlineData("Admission:Groups:0", "abc", "Admission:Groups (set by --set) must be at most")]
    [InlineData("Admission:Group:0", "abc", "is not known")]
    [InlineData("Admission:Mode", "Token", "Admission:TokenHashes must not be empty")]
    [InlineData("Storage:ConnectionString", "Host=x", "is a secret")]
    public void Load_CommandLineThatIsNotValid_SaysWhat(string key, string value, string said) =>
        Assert.Contains(said, Assert.Throws<ConfigurationException>(() => Load("{}", new CommandLineValue(key, "--set", value))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Relay:Listen", "4433")]
    [InlineData("Relay:Listen", "::1")]
    [InlineData("Relay:Http", "localhost:80")]
    [InlineData("Relay:WebSocket", "maybe")]
    [InlineData("Relay:PublicHttp", "on")]
    [InlineData("Relay:PublicAddress", "relay.example.org")]
    [InlineData("Relay:PublicAddress", "relay.example.org:0")]
    [InlineData("Engine:Name", "quiche")]
    public void Read_TextThatIsNone_NamesTheKey(string key, string value)
    {
        RelayConfiguration configuration = Load("""{ "Relay": { "DataDirectory": "data" } }""", new CommandLineValue(key, "--set", value));

        var exception = Assert.Throws<ConfigurationException>(() => RelaySettings.Read(configuration));
        Assert.StartsWith(key, exception.Message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Settings_AreWhatWasWritten()
    {
        RelayConfiguration configuration = Load("""
            { "Relay": { "DataDirectory": "/data", "Listen": "10.0.0.1:1", "WebSocket": "off", "Http": "[::1]:0", "PublicHttp": "0.0.0.0:80", "PublicAddress": "relay.example.org:4433" },
              "Engine": { "Name": "ngtcp2", "Loops": 3, "KeyUpdateBytes": 65536 } }
            """);

        RelaySettings settings = RelaySettings.Read(configuration);

        Assert.Equal(("10.0.0.1:1", true, "[::1]:0", "0.0.0.0:80", "relay.example.org:4433"), (settings.Listen.ToString(), settings.IsWebSocketOff, settings.Http.ToString(), settings.PublicHttp?.ToString(), settings.PublicAddress));
        Assert.Equal((3, 65536L), (RelaySettings.Ngtcp2(configuration.Engine).ListenerLoops, RelaySettings.Ngtcp2(configuration.Engine).KeyUpdateBytes));
    }

    [Theory]
    [InlineData("Gateway:SessionMax", "Gateway:SessionsMax")]
    [InlineData("gateway:sessionsmax", "Gateway:SessionsMax")]
    [InlineData("Group:TTL", "Group:TtlMax")]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    public void Nearest_OfAKey_IsItOrNone(string written, string? expected) => Assert.Equal(expected, Nearest.Of(written, OptionCatalogue.Paths));

    private RelayConfiguration Load(string json, params IReadOnlyCollection<CommandLineValue> commandLine)
    {
        File.WriteAllText(_folder.Sub("relay.json"), json);
        return RelayConfiguration.Load(new ConfigurationSources(_folder.Sub("relay.json"), null, commandLine));
    }
}

using ZeroKSync.Bench.Relay;
using ZeroKSync.Client;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>A real relay with devices, in a temporary folder of its own.</summary>
internal sealed class RelayFixture : IAsyncDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly List<SyncClient> _clients = [];
    private string? _configuration;

    private RelayFixture()
    {
    }

    public RelayProcess Relay { get; private set; } = null!;

    public string RelayData => _folder.Sub("relay");

    public string Log => _folder.Sub("relay.log");

    public static async Task<RelayFixture> StartAsync(string preset = "bench", string? configuration = null, string webSocket = "same")
    {
        var fixture = new RelayFixture();
        fixture._configuration = configuration is null ? null : fixture.Sub("relay.json");
        if (fixture._configuration is not null)
            await File.WriteAllTextAsync(fixture._configuration, configuration, Bounded.Token());

        fixture.Relay = await RelayProcess.StartAsync(Programs.Relay, fixture.RelayData, fixture.Log, LastingPort.Take(), preset, Bounded.Token(), fixture._configuration, webSocket);
        return fixture;
    }

    public string Sub(string name) => _folder.Sub(name);

    /// <summary>Kills the relay and starts it again where it was.</summary>
    /// <param name="whileStopped">What happens to its files in between.</param>
    public async Task RestartAsync(Action? whileStopped = null)
    {
        await Relay.KillAsync().Within();
        whileStopped?.Invoke();
        await StartAgainAsync();
    }

    /// <summary>The next relay, where the one that has ended was: its directory, its port.</summary>
    public async Task StartAgainAsync()
    {
        int port = Relay.Address.Port;
        await Relay.DisposeAsync();
        Relay = await RelayProcess.StartAsync(Programs.Relay, RelayData, Log, port, "bench", Bounded.Token(), _configuration);
    }

    public Task<SyncClient> OpenAsync(string name, ITransport? transport = null) =>
        OpenAsync(new SyncClientOptions { DataDirectory = Sub(name), DeviceName = name, Transport = transport });

    public async Task<SyncClient> OpenAsync(SyncClientOptions options)
    {
        SyncClient client = await SyncClient.OpenAsync(options, Bounded.Token());
        _clients.Add(client);
        return client;
    }

    /// <summary>Two devices in one group.</summary>
    /// <param name="address">Another way to the relay than straight.</param>
    /// <param name="transport">For both.</param>
    public async Task<(SyncClient A, SyncClient B)> PairAsync(RelayAddress? address = null, ITransport? transport = null)
    {
        SyncClient a = await OpenAsync("a", transport);
        SyncClient b = await OpenAsync("b", transport);
        await PairAsync(a, b, address);
        return (a, b);
    }

    /// <summary>Has one make a group and the other join it.</summary>
    public async Task PairAsync(SyncClient a, SyncClient b, RelayAddress? address = null)
    {
        await a.CreateGroupAsync([address ?? Relay.Address], Bounded.Token());
        await a.ConnectAsync(Bounded.Token());
        Invite invite = await a.CreateInviteAsync(cancellationToken: Bounded.Token());
        await b.JoinAsync(invite.Link, Bounded.Token());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SyncClient client in _clients)
            await client.DisposeAsync();

        await Relay.DisposeAsync();
        _folder.Dispose();
    }
}

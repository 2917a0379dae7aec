using ZeroKSync.TestKit;
using ZeroKSync.TestKit.PostgreSql;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>
/// R-POWER, S-CONV-02: a relay, or the database server below it, killed over and over while everybody pushes. Afterwards every acknowledged blob
/// is there, under the cursor it was acknowledged with, once, and no cursor is left out.
/// </summary>
public sealed class TortureTests
{
    private const int ShortRounds = 10;
    private const int LongRounds = 200;
    private const int Groups = 4;
    private const int DevicesPerGroup = 2;
    private const int Window = 64;

    // Blobs acknowledged in a round before the kill, at most.
    private const int PerRoundMax = 3000;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") == "1";

    [Fact]
    public async Task R_POWER_KilledAtRandomMomentsUnderLoad_KeepsEveryAcknowledgedBlobOnce()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await KillRelaysAsync(fixture);
    }

    [Fact]
    public async Task R_POWER_KilledOnPostgreSqlAtRandomMomentsUnderLoad_KeepsEveryAcknowledgedBlobOnce()
    {
        await using PostgreSqlServer server = await StartServerAsync();
        await using RelayFixture fixture = await StartRelayAsync(server);
        await KillRelaysAsync(fixture);
    }

    [Fact]
    public async Task R_POWER_DatabaseServerKilledAtRandomMomentsUnderLoad_KeepsEveryAcknowledgedBlobOnce()
    {
        Random random = Seeded();
        await using PostgreSqlServer server = await StartServerAsync();
        await using RelayFixture fixture = await StartRelayAsync(server);
        await using ITransport transport = TransportEngines.Create();
        using var load = new PushLoad(transport, Groups, DevicesPerGroup, Window, mayBeUnavailable: true);
        int rounds = IsLong ? LongRounds : ShortRounds;
        int both = 0;
        for (int round = 1; round <= rounds; round++)
        {
            await load.ConnectAsync(fixture.Relay);
            Task<bool> pushing = await PushToTheMarkAsync(load, random, round);

            // The relay lives through every other of them, and serves on as soon as there is a server again.
            bool isRelayKilled = random.Next(2) == 0;
            Task crash = server.CrashAndStartAsync();
            if (isRelayKilled)
                await fixture.Relay.KillAsync().Within();

            await crash;
            await load.DisconnectAsync();
            Assert.False(await pushing.Within());
            if (isRelayKilled)
                await fixture.StartAgainAsync();

            both += isRelayKilled ? 1 : 0;
        }

        await VerifyAsync(fixture, load, $"{rounds} kills of the server, {both} of the relay with it");
    }

    private static async Task KillRelaysAsync(RelayFixture fixture)
    {
        Random random = Seeded();
        await using ITransport transport = TransportEngines.Create();
        using var load = new PushLoad(transport, Groups, DevicesPerGroup, Window);
        int rounds = IsLong ? LongRounds : ShortRounds;
        for (int round = 1; round <= rounds; round++)
        {
            await load.ConnectAsync(fixture.Relay);
            Task<bool> pushing = await PushToTheMarkAsync(load, random, round);
            await fixture.Relay.KillAsync().Within();
            // They would learn it from the next relay; this is sooner, and what was answered and not read is lost as in a power cut.
            await load.DisconnectAsync();
            Assert.False(await pushing.Within());
            await fixture.StartAgainAsync();
        }

        await VerifyAsync(fixture, load, $"{rounds} kills");
    }

    private static async Task<Task<bool>> PushToTheMarkAsync(PushLoad load, Random random, int round)
    {
        Task<bool> pushing = load.PushAsync(int.MaxValue, random.Next(1, PerRoundMax), out Task reached);
        await Task.WhenAny(reached, pushing).Within();
        Assert.False(pushing.IsCompleted, $"round {round}: the pushes ended before the kill");
        return pushing;
    }

    private static async Task VerifyAsync(RelayFixture fixture, PushLoad load, string what)
    {
        await load.ConnectAsync(fixture.Relay);
        await load.VerifyAsync();
        await load.DisconnectAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}, {load.Acked} blobs acknowledged, {load.Duplicates} of them when they were sent again");
    }

    private static Random Seeded()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("ZKS_SEED"), out int given) ? given : 20261129;
        TestContext.Current.TestOutputHelper?.WriteLine($"ZKS_SEED={seed}");
        return new Random(seed);
    }

    private static async Task<PostgreSqlServer> StartServerAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.Missing is not null, PostgreSqlServer.Missing ?? string.Empty);
        PostgreSqlServer server = await PostgreSqlServer.StartAsync();
        await PostgreSqlServer.ToolAsync("createdb", "-h", server.Socket, "-U", "zks", "relay");
        return server;
    }

    private static Task<RelayFixture> StartRelayAsync(PostgreSqlServer server) =>
        RelayFixture.StartAsync(configuration: $$"""{ "Storage": { "ConnectionString": "{{server.ConnectionString("relay")}}" } }""");
}

using System.Text;
using ZeroKSync.Client;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.PostgreSql;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>The whole relay on a PostgreSQL server of the test's own.</summary>
public sealed class PostgreSqlRelayTests
{
    [Fact]
    public async Task Relay_OnPostgreSql_TwoDevicesSync_AndAKilledOneHasWhatItAcknowledged()
    {
        Assert.SkipWhen(PostgreSqlServer.Missing is not null, PostgreSqlServer.Missing ?? string.Empty);
        await using PostgreSqlServer server = await PostgreSqlServer.StartAsync();
        await PostgreSqlServer.ToolAsync("createdb", "-h", server.Socket, "-U", "zks", "relay");
        await using RelayFixture fixture = await RelayFixture.StartAsync(
            configuration: $$"""{ "Storage": { "ConnectionString": "{{server.ConnectionString("relay")}}" } }""");
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await a.PushTextsAsync("1", "2", "3");

        await fixture.RestartAsync();
        await a.PushTextsAsync("4");

        Assert.Equal(["1", "2", "3", "4"], await b.ReadTextsAsync());
        Assert.False(File.Exists(Path.Combine(fixture.RelayData, "relay.db")));
    }
}

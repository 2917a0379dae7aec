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
        await PushAsync(a, "1", "2", "3");

        await fixture.RestartAsync();
        await PushAsync(a, "4");

        Assert.Equal(["1", "2", "3", "4"], await ReadAsync(b));
        Assert.False(File.Exists(Path.Combine(fixture.RelayData, "relay.db")));
    }

    private static async Task PushAsync(SyncClient client, params string[] texts)
    {
        foreach (string text in texts)
            await client.PushAsync(Encoding.UTF8.GetBytes(text), Bounded.Token());

        Assert.True(await client.FlushAsync(Bounded.Default, Bounded.Token()));
    }

    private static async Task<List<string>> ReadAsync(SyncClient client)
    {
        var read = new List<string>();
        await foreach (SyncedBlob blob in client.ReadToHeadAsync(Bounded.Token()))
            read.Add(Encoding.UTF8.GetString(blob.Data.Span));

        return read;
    }
}

using System.Net;
using System.Text;
using ZeroKSync.Client;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Network;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Sync;

/// <summary>R-UDP: a network that blocks UDP, from the start or suddenly, does not keep two devices from syncing.</summary>
public sealed class UdpBlockedTests
{
    // A device may try once more in vain before it finds the new way.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task R_UDP_BlockedFromTheStart_DevicesSyncOverAWebSocket()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await using Road road = RoadTo(fixture);
        road.IsUdpOpen = false;

        (SyncClient a, SyncClient b) = await fixture.PairAsync(Address(fixture, road));
        await using IAsyncEnumerator<SyncedBlob> arriving = b.ReadAsync(CancellationToken.None).GetAsyncEnumerator(Bounded.Token(Patience));
        await PushAsync(a, "over TCP");

        Assert.Equal("over TCP", await NextAsync(arriving));
        Assert.Equal(0, road.Datagrams);
        Assert.True(road.Connections > 0);
    }

    [Fact]
    public async Task R_UDP_BlockedMidSession_DevicesGoOnOverAWebSocket()
    {
        await using ITransport quic = new ImpatientTransport(TransportEngines.Create());
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await using Road road = RoadTo(fixture);
        // So that the sessions are QUIC's, however slow this machine is now.
        road.IsTcpOpen = false;
        (SyncClient a, SyncClient b) = await fixture.PairAsync(Address(fixture, road), quic);
        await using IAsyncEnumerator<SyncedBlob> arriving = b.ReadAsync(CancellationToken.None).GetAsyncEnumerator(Bounded.Token(Patience));
        await PushAsync(a, "over UDP");
        Assert.Equal("over UDP", await NextAsync(arriving));
        Assert.Equal(0, road.Connections);

        road.IsTcpOpen = true;
        road.IsUdpOpen = false;
        await PushAsync(a, "over TCP");

        Assert.Equal("over TCP", await NextAsync(arriving));
        Assert.True(road.Connections > 0);
    }

    [Fact]
    public async Task R_UDP_NoQuicEngineLoads_DeviceSyncsOverAWebSocketAlone()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await using Road road = RoadTo(fixture);
        SyncClient a = await fixture.OpenAsync(new SyncClientOptions
        {
            DataDirectory = fixture.Sub("a"),
            DeviceName = "a",
            CreateQuic = () => throw new TransportException(TransportErrorKind.EngineUnavailable, "Nothing is installed."),
        });
        SyncClient b = await fixture.OpenAsync("b");

        await fixture.PairAsync(a, b, Address(fixture, road));
        await using IAsyncEnumerator<SyncedBlob> arriving = b.ReadAsync(CancellationToken.None).GetAsyncEnumerator(Bounded.Token(Patience));
        await PushAsync(a, "without QUIC");

        Assert.Equal("without QUIC", await NextAsync(arriving));
        Assert.True(road.Connections > 0);
    }

    private static Road RoadTo(RelayFixture fixture) => Road.To(new IPEndPoint(IPAddress.Loopback, fixture.Relay.Address.Port));

    private static RelayAddress Address(RelayFixture fixture, Road road) => new(IPAddress.Loopback.ToString(), road.Port, fixture.Relay.Address.RelayId);

    private static async Task PushAsync(SyncClient client, string text)
    {
        PushReceipt receipt = await client.PushAsync(Encoding.UTF8.GetBytes(text), Bounded.Token());
        await receipt.Delivered.Within(Patience);
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<SyncedBlob> arriving)
    {
        Assert.True(await arriving.MoveNextAsync().Within(Patience), "The client was closed.");
        return Encoding.UTF8.GetString(arriving.Current.Data.Span);
    }
}

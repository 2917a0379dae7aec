using System.Net;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A peer that says nothing is not waited for.</summary>
public sealed class DeadlineTests
{
    [Fact]
    public async Task A_RES_03_NoHandshakeOrNoHello_ClosesWithItsCode()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync(configuration: """{ "Gateway": { "OpenDeadline": "00:00:00.5" } }""");
        await using ITransport transport = TransportEngines.Create();
        var endPoint = new IPEndPoint(IPAddress.Parse(fixture.Relay.Address.Host), fixture.Relay.Address.Port);

        await using TransportConnection silent = await transport.ConnectAsync(new TransportConnectOptions { Alpn = Limits.Alpn, RemoteEndPoints = [endPoint] }, Bounded.Token());
        await using RawSession shaken = await RawSession.ConnectAsync(transport, endPoint, fixture.Relay.Address.RelayId);

        Assert.Equal((long)CloseCode.Deadline, (await silent.Closed.Within()).ApplicationCode);
        Assert.Equal((long)CloseCode.Deadline, (await shaken.Connection.Closed.Within()).ApplicationCode);
    }
}

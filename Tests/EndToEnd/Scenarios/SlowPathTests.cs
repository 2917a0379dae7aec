using System.Net;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Impairment;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>The handshake over paths that are slow: whole inside its deadline, or ended by it, and nothing in between.</summary>
public sealed class SlowPathTests
{
    private const int Seed = 20_261;
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(600);

    // 56 kbit/s in bytes.
    private const int ModemBytesPerSecond = 7_000;

    [Fact]
    public async Task E_PQ_02_HybridHandshakeOver56Kilobits_Completes()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        using var path = new ImpairmentProxy(EndPoint(fixture), Seed);
        path.Set(new LinkFaults { BytesPerSecond = ModemBytesPerSecond, Delay = TimeSpan.FromMilliseconds(50) });
        await using ITransport transport = TransportEngines.Create();
        using var group = new RawGroup();

        await using RawSession session = await RawSession.ConnectAsync(transport, path.EndPoint, fixture.Relay.Address.RelayId);
        Welcome welcome = await session.Session.AskAsync<Hello, Welcome>(group.Hello(session, create: true));

        Assert.Equal(fixture.Relay.Address.RelayId, welcome.RelayId);
    }

    [Fact]
    public async Task E_HS_04_EachMessageIsLate_CompletesInsideTheDeadline()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        using var path = new ImpairmentProxy(EndPoint(fixture), Seed);
        await using ITransport transport = TransportEngines.Create();
        using var group = new RawGroup();
        path.Set(new LinkFaults { Delay = Slow });

        await using RawSession session = await RawSession.ConnectAsync(transport, path.EndPoint, fixture.Relay.Address.RelayId);

        await session.Session.AskAsync<Hello, Welcome>(group.Hello(session, create: true));
    }

    [Fact]
    public async Task E_HS_04_MessagesLaterThanTheDeadline_IsAClearTimeout()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync(configuration: """{ "Gateway": { "OpenDeadline": "00:00:01" } }""");
        using var path = new ImpairmentProxy(EndPoint(fixture), Seed);
        await using ITransport transport = TransportEngines.Create();
        using X25519KeyPair device = X25519.GenerateKeyPair();
        TransportConnection connection = await transport.ConnectAsync(new TransportConnectOptions { Alpn = Limits.Alpn, RemoteEndPoints = [path.EndPoint] }, Bounded.Token());
        await using RawHandshake handshake = await RawHandshake.OpenAsync(connection, device, fixture.Relay.Address.RelayId);
        path.Set(new LinkFaults { Delay = Slow });

        await handshake.SendAsync(handshake.MakeFirst());
        byte[]? second = await handshake.ReadSecondAsync();
        if (second is not null && handshake.TryMakeThird(second, out byte[]? third))
            await handshake.SendAsync(third);

        Assert.Equal((long)CloseCode.Deadline, (await connection.Closed.Within()).ApplicationCode);
    }

    private static IPEndPoint EndPoint(RelayFixture fixture) => new(IPAddress.Parse(fixture.Relay.Address.Host), fixture.Relay.Address.Port);
}

using System.Net;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Fuzz.Sessions;

/// <summary>
/// A real relay and peers that keep to nothing, over its real streams, beside two sessions that must stay exact. Afterwards sessions,
/// descriptors and memory are what they were, and the relay's log knows of no bug.
/// </summary>
public sealed class SessionFuzzTests(RelayUnderTest relay) : IClassFixture<RelayUnderTest>
{
    private const int Together = 4;

    // A pool's thread, a database's second connection: what a relay that had served anybody has too.
    private const int DescriptorsRoom = 8;
    private const long KeptBytesMax = 96 << 20;
    private static readonly long[] Codes = [.. Enum.GetValues<CloseCode>().Select(code => (long)code)];

    [Fact]
    public async Task Sessions_AnyBytesOverQuic_LeaveTheOthersExact()
    {
        await using var transport = Ngtcp2Transport.Create();
        await RunAsync("sessions", transport, relay.Quic);
    }

    [Fact]
    public async Task Sessions_AnyBytesOverWebSockets_LeaveTheOthersExact()
    {
        await using var transport = new WebSocketTransport(TestClock.System);
        await RunAsync("sessions-websocket", transport, relay.WebSocket);
    }

    [Fact]
    public async Task WebSocketPort_AnyBytes_LeaveTheOthersExact()
    {
        await using var transport = new WebSocketTransport(TestClock.System);
        await RunAsync("websocket-port", transport, relay.WebSocket, random => HostileTls.RunAsync(relay.WebSocket, random));
    }

    private Task RunAsync(string target, ITransport transport, IPEndPoint at) => RunAsync(target, transport, at, random => AttackAsync(transport, at, relay.Id, random));

    private async Task RunAsync(string target, ITransport transport, IPEndPoint at, Func<Random, Task> attack)
    {
        await using Bystanders bystanders = await Bystanders.JoinAsync(transport, at, relay.Id);
        await bystanders.ExchangeAsync();
        // Once before it counts: what the first of all peers made for good is there now.
        await Task.WhenAll(Enumerable.Range(0, Together).Select(i => attack(FuzzPlan.RandomOf(target, -1 - i)))).Within();
        await relay.SettleAsync(Bystanders.Count);
        int descriptors = relay.Descriptors;
        long memory = relay.ResidentBytes;
        foreach ((int round, Random _) in FuzzPlan.Rounds(target))
        {
            try
            {
                await Task.WhenAll(Enumerable.Range(0, Together).Select(i => attack(FuzzPlan.RandomOf(target, (round * Together) + i)))).Within();
                await bystanders.ExchangeAsync();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Assert.Fail($"{target}, ZKS_SEED={FuzzPlan.Seed}, round {round}: {exception}");
            }
        }

        await relay.SettleAsync(Bystanders.Count);
        await bystanders.ExchangeAsync();
        await relay.CheckLogAsync();
        Assert.InRange(relay.Descriptors, 0, descriptors + DescriptorsRoom);
        Assert.InRange(relay.ResidentBytes - memory, long.MinValue, KeptBytesMax);
    }

    private static async Task AttackAsync(ITransport transport, IPEndPoint at, RelayId id, Random random)
    {
        if (random.Next(4) == 0)
        {
            await using TransportConnection connection = await transport.ConnectAsync(new TransportConnectOptions { Alpn = Limits.Alpn, RemoteEndPoints = [at] }, Bounded.Token());
            await ToItsEndAsync(connection, HostileStreams.RunAsync(connection, random));
            return;
        }

        using var group = new RawGroup();
        await using RawSession session = await RawSession.ConnectAsync(transport, at, id);
        if (random.Next(5) != 0)
            await session.Session.AskAsync<Hello, Welcome>(group.Hello(session, create: true));

        await ToItsEndAsync(session.Connection, new HostileSession(session, group, random).RunAsync());
    }

    // Either end may be the first: the relay with one of its codes.
    private static async Task ToItsEndAsync(TransportConnection connection, Task attack)
    {
        try
        {
            await attack;
        }
        catch (TransportException)
        {
            // A stream, or all of it, is over.
        }

        if (connection.Closed.IsCompletedSuccessfully && await connection.Closed is { } reason
            && (reason.Kind != TransportErrorKind.ClosedByPeer || reason.ApplicationCode is not { } code || !Codes.Contains(code)))
        {
            throw new BrokenPromiseException($"the relay ended a connection with {reason.Kind} {reason.ApplicationCode}");
        }
    }
}

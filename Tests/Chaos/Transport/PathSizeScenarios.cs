using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Impairment;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Chaos.Transport;

/// <summary>How large the datagrams on a path become, and what happens when it carries less than before (RFC 8899).</summary>
public sealed class PathSizeScenarios
{
    private const int OrdinaryBytes = 1500 - 48;
    private const int JumboBytes = 8896 - 48;
    private static readonly LinkFaults Jumbo = new() { MtuBytes = 9000 };

    [Fact]
    public async Task Path_JumboFrames_AreFoundAndCarryWhatIsSent()
    {
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(Jumbo, Jumbo);

        await EchoUntilAsync(pair, JumboBytes);

        await pair.EchoAsync(1 << 20);
    }

    [Fact]
    public async Task Path_EthernetOneWay_KeepsThatWayOrdinary()
    {
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(Jumbo, LinkFaults.None);
        CancellationToken bound = Bounded.Token();

        while (pair.Client.Statistics.DatagramBytesMax < JumboBytes)
        {
            bound.ThrowIfCancellationRequested();
            await pair.EchoAsync(10_000);
        }

        await pair.EchoAsync(1 << 20);
        Assert.InRange(pair.Server.Statistics.DatagramBytesMax, 1200, OrdinaryBytes);
    }

    [Fact]
    public async Task Path_NarrowsWhileSmallDatagramsPass_EndsAndANewConnectionFindsTheSizeAnew()
    {
        // The listener's keep-alive is what gets through and makes the path seem alive.
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(Jumbo, Jumbo, idle: TimeSpan.FromMinutes(5), keepAlive: TimeSpan.FromSeconds(1));
        await EchoUntilAsync(pair, JumboBytes);
        Task<TransportCloseReason> client = pair.Client.Closed;
        Task<TransportCloseReason> server = pair.Server.Closed;

        pair.Proxy.Set(LinkFaults.None);
        await Assert.ThrowsAsync<TransportException>(() => pair.EchoAsync(64 << 10)).Within(TimeSpan.FromSeconds(60));

        Assert.Equal((TransportErrorKind.NoViablePath, false), await EndAsync(client));
        Assert.Equal((TransportErrorKind.NoViablePath, true), await EndAsync(server));
        await pair.ConnectAsync();
        await pair.EchoAsync(64 << 10);
        Assert.InRange(pair.Client.Statistics.DatagramBytesMax, 1200, OrdinaryBytes);
    }

    private static async Task EchoUntilAsync(ImpairedPair pair, int bytes)
    {
        CancellationToken bound = Bounded.Token();
        while (pair.Client.Statistics.DatagramBytesMax < bytes || pair.Server.Statistics.DatagramBytesMax < bytes)
        {
            bound.ThrowIfCancellationRequested();
            await pair.EchoAsync(10_000);
        }
    }

    private static async Task<(TransportErrorKind Kind, bool IsPeer)> EndAsync(Task<TransportCloseReason> closed)
    {
        TransportCloseReason reason = await closed.Within();
        return (reason.Kind, reason.IsPeer);
    }
}

using System.Globalization;
using System.Text;
using ZeroKSync.Client;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Network;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.EndToEnd.Sync;

/// <summary>Two devices sync while the keys of both their sessions change all the time.</summary>
public sealed class RekeyTests
{
    private const int EpochsEnough = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_ENC_05_RekeyDuringTransfer_EachBlobArrivesOnceInOrder_OverTheSameConnections(bool isWebSocket)
    {
        // Keys that are replaced go sooner than after a minute, since only so many may wait to go.
        await using RelayFixture fixture = await RelayFixture.StartAsync(configuration: """{ "Gateway": { "RekeyGrace": "00:00:02" } }""");
        await using ITransport engine = isWebSocket ? new WebSocketTransport(TestClock.System) : TransportEngines.Create();
        EpochTap tapA = new(engine), tapB = new(engine);
        SyncClient a = await OpenAsync(fixture, "a", tapA), b = await OpenAsync(fixture, "b", tapB);
        await fixture.PairAsync(a, b);
        await b.ConnectAsync(Bounded.Token());
        (int connectionsA, int connectionsB) = (tapA.Connections, tapB.Connections);

        Task<int> pushing = PushUntilAsync(a, () => tapA.Epoch >= EpochsEnough && tapB.Epoch >= EpochsEnough);
        int read = 0;
        await foreach (SyncedBlob blob in b.ReadAsync(Bounded.Token(Limit)))
        {
            if (blob.Data.IsEmpty)
                break;

            Assert.Equal(read++, int.Parse(Encoding.UTF8.GetString(blob.Data.Span), CultureInfo.InvariantCulture));
        }

        Assert.Equal(await pushing, read);
        Assert.Equal((connectionsA, connectionsB), (tapA.Connections, tapB.Connections));
        Assert.NotEmpty(tapA.InOrder);
        Assert.All(tapA.InOrder.Concat(tapB.InOrder), Assert.True);
        await Bounded.UntilAsync(() => a.Status.State == SyncState.Synced && b.Status.State == SyncState.Synced);
    }

    private static Task<SyncClient> OpenAsync(RelayFixture fixture, string name, ITransport transport) => fixture.OpenAsync(new SyncClientOptions
    {
        DataDirectory = fixture.Sub(name),
        DeviceName = name,
        Transport = transport,
        WebSocketDelay = null,
        RekeyLimits = new RekeyLimits { FramesSoft = 40, ReplacedLife = TimeSpan.FromSeconds(2) },
    });

    // Numbered from 0; an empty one says that none follows.
    private static async Task<int> PushUntilAsync(SyncClient client, Func<bool> isEnough)
    {
        CancellationToken limit = Bounded.Token(Limit);
        int count = 0;
        PushReceipt last;
        for (; !isEnough(); count++)
        {
            last = await client.PushAsync(Encoding.UTF8.GetBytes(count.ToString(CultureInfo.InvariantCulture)), limit);
            if (count % 8 == 0)
                await last.Delivered.Within();
        }

        last = await client.PushAsync(default, limit);
        await last.Delivered.Within();
        return count;
    }
}

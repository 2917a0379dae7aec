using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Impairment;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Chaos.Transport;

/// <summary>What a bad path does to a transfer: it arrives as it was, or ends in a clean timeout.</summary>
public sealed class PathScenarios
{
    private static readonly int Amount = ImpairedPair.IsLong ? 4 << 20 : 128 << 10;

    [Fact]
    public Task T_LAT_01_FixedDelay_Completes() => CompletesAsync(new LinkFaults { Delay = Ms(200) });

    [Fact]
    public Task T_LAT_02_Jitter_Completes() => CompletesAsync(new LinkFaults { Delay = Ms(200), Jitter = Ms(150) });

    [Fact]
    public async Task T_LAT_03_UnevenDirections_Completes()
    {
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(new LinkFaults { Delay = Ms(10) }, new LinkFaults { Delay = Ms(500) });
        await pair.EchoAsync(Amount / 4);
    }

    [Fact]
    public Task T_LAT_04_Satellite_Completes() => CompletesAsync(new LinkFaults { Delay = Ms(300), Jitter = Ms(25) }, Amount / 4);

    [Fact]
    public Task T_LOSS_01_FivePercent_Completes() => CompletesAsync(new LinkFaults { Loss = 0.05 });

    [Fact]
    public async Task T_LOSS_02_TwentyPercent_IsRightOrACleanTimeout()
    {
        await using ImpairedPair pair = await ImpairedPair.ListenAsync(new LinkFaults { Loss = 0.2 }, new LinkFaults { Loss = 0.2 });
        await pair.ConnectAtLengthAsync();
        await pair.TryEchoAsync(Amount / 2);
    }

    [Fact]
    public async Task T_LOSS_03_Bursts_RecoversAfterThem()
    {
        var bursts = new LinkFaults { TurnsBad = 0.03, TurnsGood = 0.25 };
        await using ImpairedPair pair = await ImpairedPair.ListenAsync(bursts, bursts);
        await pair.ConnectAtLengthAsync();
        await pair.EchoAsync(Amount);
    }

    [Fact]
    public async Task T_LOSS_04_Partition_EndsInATimeoutAtBothEndsAndANewConnectionWorks()
    {
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(LinkFaults.None, LinkFaults.None, idle: Ms(ImpairedPair.IsLong ? 30_000 : 1_000));
        await pair.EchoAsync(1000);
        pair.Proxy.Set(new LinkFaults { IsCut = true });

        Assert.Equal(TransportErrorKind.IdleTimeout, (await pair.Client.Closed.Within()).Kind);
        Assert.Equal(TransportErrorKind.IdleTimeout, (await pair.Server.Closed.Within()).Kind);
        pair.Proxy.Set(LinkFaults.None);
        await pair.ConnectAsync();
        await pair.EchoAsync(1000);
    }

    [Fact]
    public async Task T_CONN_05_HalfOpen_TheStaleEndTimesOut()
    {
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(LinkFaults.None, LinkFaults.None, idle: Ms(1_000));
        // The client leaves, and its goodbye is lost.
        pair.Proxy.Up.Faults = new LinkFaults { IsCut = true };
        await pair.Client.CloseAsync(0, string.Empty, Bounded.Token());

        Assert.Equal(TransportErrorKind.IdleTimeout, (await pair.Server.Closed.Within()).Kind);
        pair.Proxy.Set(LinkFaults.None);
        await pair.ConnectAsync();
        await pair.EchoAsync(1000);
    }

    [Fact]
    public async Task T_CONN_04_TenConnections_EachIsServedAndLeavesNothing()
    {
        await using ImpairedPair pair = await ImpairedPair.ListenAsync(new LinkFaults { Delay = Ms(5) }, new LinkFaults { Delay = Ms(5) });
        for (int i = 0; i < 10; i++)
        {
            await pair.ConnectAsync();
            await pair.EchoAsync(1000);
            await pair.Client.CloseAsync(0, string.Empty, Bounded.Token());
            await pair.Server.Closed.Within();
        }

        Assert.Equal(10, pair.Listener.Statistics.Handshakes);
        Assert.Equal(0, pair.Listener.Statistics.HalfOpen);
    }

    [Fact]
    public async Task T_BW_01_56Kilobits_IsRightOrACleanTimeout()
    {
        var line = new LinkFaults { BytesPerSecond = 7_000, QueueBytes = 32 << 10, Delay = Ms(50) };
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(line, line);
        await pair.EchoAsync(4 << 10);
        await pair.TryEchoAsync(ImpairedPair.IsLong ? 256 << 10 : 8 << 10);
    }

    [Fact]
    public async Task T_BW_02_LineCollapsesMidTransfer_IsRightOrACleanTimeout()
    {
        var fast = new LinkFaults { BytesPerSecond = 1_000_000, QueueBytes = 128 << 10 };
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(fast, fast);
        Task<bool> transfer = pair.TryEchoAsync(ImpairedPair.IsLong ? 2 << 20 : 64 << 10);
        pair.Proxy.Set(fast with { BytesPerSecond = ImpairedPair.IsLong ? 10_000 : 50_000 });

        await transfer.Within(TimeSpan.FromMinutes(ImpairedPair.IsLong ? 10 : 1));
    }

    [Fact]
    public Task Reordering_AThird_Completes() => CompletesAsync(new LinkFaults { Reordering = 0.3, Delay = Ms(2) });

    [Fact]
    public Task Duplication_Half_Completes() => CompletesAsync(new LinkFaults { Duplication = 0.5 });

    [Fact]
    public Task Corruption_FivePercent_Completes() => CompletesAsync(new LinkFaults { Corruption = 0.05 });

    [Fact]
    public Task Mtu_1280_Completes() => CompletesAsync(new LinkFaults { MtuBytes = 1280 });

    [Fact]
    public Task Everything_ALittle_Completes() => CompletesAsync(new LinkFaults { Delay = Ms(20), Jitter = Ms(10), Loss = 0.03, Duplication = 0.05, Corruption = 0.02, Reordering = 0.05 });

    [Fact]
    public async Task R_NAT_AddressChangesMidTransfer_TheTransferGoesOn()
    {
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(new LinkFaults { Delay = Ms(5) }, new LinkFaults { Delay = Ms(5) });
        for (int i = 0; i < 5; i++)
        {
            Task transfer = pair.EchoAsync(Amount);
            pair.Proxy.Rebind();
            await transfer.Within();
        }
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static async Task CompletesAsync(LinkFaults faults, int? bytes = null)
    {
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(faults, faults);
        await pair.EchoAsync(bytes ?? Amount);
    }
}

using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Impairment;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Chaos.Transport;

/// <summary>What the loss of an end, or a slow one, does to the others.</summary>
public sealed class PeerScenarios
{
    private const int UnreadBytes = 64 << 20;

    private static readonly int Amount = ImpairedPair.IsLong ? 4 << 20 : 256 << 10;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task T_CONN_01_ListenerKilledMidPush_TheClientNoticesAndSendsItAgain()
    {
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(new LinkFaults { Delay = Ms(10) }, new LinkFaults { Delay = Ms(10) });
        // More than the listener's side takes while nobody reads there: it cannot be through before the end.
        await using TransportStream unread = await pair.Client.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());
        Task<bool> push = IsCutOffAsync(unread.WriteAsync(new byte[UnreadBytes], endStream: true, Bounded.Token()).AsTask());

        await pair.KillListenerAsync();

        // All that was sent may have been acknowledged before, and a connection that has nothing to say hears nothing.
        Task<bool> next = IsCutOffAsync(pair.EchoAsync(Amount));
        // Not by waiting for the idle timeout: the one that took the port says that it knows nothing of it.
        Assert.Equal(TransportErrorKind.PeerLostState, (await pair.Client.Closed.Within()).Kind);
        Assert.True(await push.Within());
        Assert.True(await next.Within());
        await pair.ConnectAsync();
        await pair.EchoAsync(Amount);
    }

    [Fact]
    public async Task T_CONN_02_ClientGoneMidPush_LeavesNothingAndDisturbsNobody()
    {
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(LinkFaults.None, LinkFaults.None, Idle);
        (TransportConnection client, TransportConnection server) = await pair.ConnectDirectlyAsync();
        var cut = new LinkFaults { IsCut = true };
        // So that it is not through before its own direction is cut as well.
        pair.Proxy.Down.Faults = cut;
        Task<bool> transfer = IsCutOffAsync(pair.EchoAsync(Amount));
        pair.Proxy.Up.Faults = cut;

        // The other one goes on all the while.
        Task<TransportCloseReason> gone = pair.Server.Closed.Within();
        while (!gone.IsCompleted)
            await ImpairedPair.EchoAsync(client, server, 1000);

        Assert.Equal(TransportErrorKind.IdleTimeout, (await gone).Kind);
        Assert.True(await transfer.Within());
        Assert.Equal(1, pair.Listener.Statistics.Connections);
        pair.Proxy.Set(LinkFaults.None);
        await pair.ConnectAsync();
        await pair.EchoAsync(Amount);
    }

    [Fact]
    public async Task T_CONN_03_ListenerUnreachable_BothKnowAndResume()
    {
        await using ImpairedPair one = await ImpairedPair.ConnectedAsync(LinkFaults.None, LinkFaults.None, Idle);
        await using ImpairedPair two = await ImpairedPair.ConnectedAsync(LinkFaults.None, LinkFaults.None, Idle);
        ImpairedPair[] pairs = [one, two];
        foreach (ImpairedPair pair in pairs)
            pair.Proxy.Set(new LinkFaults { IsCut = true });

        foreach (ImpairedPair pair in pairs)
        {
            Assert.Equal(TransportErrorKind.IdleTimeout, (await pair.Client.Closed.Within()).Kind);
            await Assert.ThrowsAsync<TransportException>(async () => await pair.Client.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token()));
            pair.Proxy.Set(LinkFaults.None);
        }

        foreach (ImpairedPair pair in pairs)
        {
            await pair.ConnectAsync();
            await pair.EchoAsync(Amount);
        }
    }

    [Fact]
    public async Task T_BW_03_FastAndSlow_TheFastIsNotHeldBackAndTheSlowCatchesUp()
    {
        var line = new LinkFaults { BytesPerSecond = 100_000, QueueBytes = 32 << 10, Delay = Ms(10) };
        await using ImpairedPair pair = await ImpairedPair.ConnectedAsync(line, line);
        (TransportConnection client, TransportConnection server) = await pair.ConnectDirectlyAsync();
        Task slow = pair.EchoAsync(Amount);

        await ImpairedPair.EchoAsync(client, server, Amount);

        // At its rate the slow one needs seconds for the same amount.
        Assert.False(slow.IsCompleted);
        await slow.Within(TimeSpan.FromMinutes(ImpairedPair.IsLong ? 5 : 1));
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    // True where the transfer was cut off, and false where it was through before that.
    private static async Task<bool> IsCutOffAsync(Task transfer)
    {
        try
        {
            await transfer;
            return false;
        }
        catch (TransportException exception) when (exception.Kind is TransportErrorKind.PeerLostState or TransportErrorKind.IdleTimeout or TransportErrorKind.ClosedByPeer or TransportErrorKind.ClosedLocally)
        {
            return true;
        }
    }
}

using System.Text;
using ZeroKSync.Client;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Relay;

namespace ZeroKSync.Tests.EndToEnd.Sync;

public sealed class TwoDeviceTests
{
    [Fact]
    public async Task PushAsync_BothWays_EachReadsTheOthersOnly()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await a.PushTextsAsync("a1", "a2", string.Empty);
        await b.PushTextsAsync("b1");

        Assert.Equal(["b1"], await a.ReadTextsAsync());
        Assert.Equal(["a1", "a2", string.Empty], await b.ReadTextsAsync());
        Assert.Empty(await b.ReadTextsAsync());
        IReadOnlyList<GroupDevice> devices = await a.ListDevicesAsync(Bounded.Token());
        Assert.Equal(["a", "b"], devices.Select(device => device.Name).Order());
        Assert.True(devices.Single(device => device.Name == "a").IsThisDevice);
    }

    [Fact]
    public async Task PushAsync_TwoInARowThatTheRelayNeverTakes_LeaveAChainThatGoesOn()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync(configuration: """{ "Group": { "BlobBytesMax": 4096 } }""");
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        PushReceipt[] receipts =
        [
            await a.PushAsync("before"u8.ToArray(), Bounded.Token()),
            await a.PushAsync(new byte[10_000], Bounded.Token()),
            await a.PushAsync(new byte[20_000], Bounded.Token()),
            await a.PushAsync("after"u8.ToArray(), Bounded.Token()),
        ];
        await receipts[3].Delivered.Within();

        foreach (PushReceipt refused in receipts[1..3])
            Assert.Equal(SyncErrorKind.BlobTooLarge, (await Assert.ThrowsAsync<SyncException>(() => refused.Delivered.Within())).Kind);

        Assert.Equal(["before", "after"], await b.ReadTextsAsync());
        Assert.Equal(SyncState.Synced, b.Status.State);
    }

    [Fact]
    public async Task PushAsync_Offline_GoesWhenTheRelayIsBack()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await a.DisconnectAsync();
        PushReceipt receipt = await a.PushAsync(Encoding.UTF8.GetBytes("offline"), Bounded.Token());
        Assert.False(receipt.Delivered.IsCompleted);
        await a.DisposeAsync();

        SyncClient again = await fixture.OpenAsync("a");
        Assert.True(await again.FlushAsync(Bounded.Default, Bounded.Token()));
        Assert.Equal(["offline"], await b.ReadTextsAsync());
    }

    [Fact]
    public async Task ReadAsync_ClientRestartedMidWay_GoesOnAfterTheLastFinishedItem()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await a.PushTextsAsync("1", "2", "3", "4");
        var first = new List<string>();
        await foreach (SyncedBlob blob in b.ReadToHeadAsync(Bounded.Token()))
        {
            first.Add(blob.Text());
            if (first.Count == 3)
                break;
        }

        await b.DisposeAsync();
        SyncClient again = await fixture.OpenAsync("b");

        // The third was handed over and never finished: it comes again, and nothing before it.
        Assert.Equal(["1", "2", "3"], first);
        Assert.Equal(["3", "4"], await again.ReadTextsAsync());
    }

    [Fact]
    public async Task JoinAsync_InviteClaimedOrCancelled_IsNotFound()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, _) = await fixture.PairAsync();
        Invite claimed = await a.CreateInviteAsync(cancellationToken: Bounded.Token());
        Invite cancelled = await a.CreateInviteAsync(cancellationToken: Bounded.Token());
        await a.CancelInviteAsync(cancelled.Id, Bounded.Token());
        await (await fixture.OpenAsync("c")).JoinAsync(claimed.Link, Bounded.Token());
        SyncClient late = await fixture.OpenAsync("d");

        foreach (Invite invite in (Invite[])[claimed, cancelled])
            Assert.Equal(SyncErrorKind.InviteNotFound, (await Assert.ThrowsAsync<SyncException>(() => late.JoinAsync(invite.Link, Bounded.Token()))).Kind);

        Assert.False(late.IsInGroup);
        Assert.Equal(SyncErrorKind.InviteInvalid, (await Assert.ThrowsAsync<SyncException>(() => late.JoinAsync("nonsense", Bounded.Token()))).Kind);
    }

    [Fact]
    public async Task CreateGroupAsync_RelayWithAnotherId_IsRefused()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        SyncClient client = await fixture.OpenAsync("a");
        RelayAddress real = fixture.Relay.Address;
        var impostor = new RelayAddress(real.Host, real.Port, RelayId.Read(new byte[32]));

        var exception = await Assert.ThrowsAsync<SyncException>(() => client.CreateGroupAsync([impostor], Bounded.Token()));

        Assert.Equal(SyncErrorKind.WrongRelay, exception.Kind);
        Assert.False(client.IsInGroup);
    }

    [Fact]
    public async Task A_PROTO_01_FlippedBitThatTheRelayServes_IsQuarantinedAndReported()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await b.DisposeAsync();
        await a.PushTextsAsync("1", "2", "3");
        await FlipBitAsync(fixture, cursor: 2, fixChecksum: true);
        SyncClient reader = await fixture.OpenAsync("b");
        Task<SyncEvent> reported = reader.FirstAsync(SyncEventKind.Quarantined);

        (List<string> read, SyncException? failure) = await reader.TryReadTextsAsync();

        Assert.Equal(["1", "3"], read);
        Assert.Equal(SyncErrorKind.OutOfStep, failure?.Kind);
        Assert.Equal(2UL, (await reported.Within()).Sequence?.Value);
        Assert.NotEqual(SyncState.Synced, reader.Status.State);
    }

    [Fact]
    public async Task C_STOR_03_FlippedBitOnTheRelaysDisk_IsReportedAsMissing()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await b.DisposeAsync();
        await a.PushTextsAsync("1", "2", "3");
        await FlipBitAsync(fixture, cursor: 2, fixChecksum: false);
        SyncClient reader = await fixture.OpenAsync("b");
        Task<SyncEvent> reported = reader.FirstAsync(SyncEventKind.Missing);

        (List<string> read, SyncException? failure) = await reader.TryReadTextsAsync();

        Assert.Equal(["1", "3"], read);
        Assert.Equal(SyncErrorKind.OutOfStep, failure?.Kind);
        Assert.Equal(2UL, (await reported.Within()).Cursor?.Value);
    }

    [Fact]
    public async Task Relay_Terminated_SaysByeAndEndsCleanly()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, _) = await fixture.PairAsync();
        Task<SyncEvent> disconnected = a.FirstAsync(SyncEventKind.Disconnected);

        int exitCode = await fixture.Relay.TerminateAsync(Bounded.Token());

        Assert.Equal(0, exitCode);
        await disconnected.Within();
    }

    [Fact]
    public async Task Relay_Http_TellsHealthAndMetrics()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, _) = await fixture.PairAsync();
        await a.PushTextsAsync("x");
        using var http = new HttpClient { BaseAddress = new Uri($"http://{fixture.Relay.Http}") };

        Assert.Equal("live\n", await http.GetStringAsync("/health/live", Bounded.Token()));
        Assert.Equal("ready\n", await http.GetStringAsync("/health/ready", Bounded.Token()));
        string metrics = await http.GetStringAsync("/metrics", Bounded.Token());
        Assert.Contains("zks_gateway_pushes_total{} 1", metrics, StringComparison.Ordinal);
        Assert.Contains(fixture.Relay.Address.RelayId.ToHex(), await http.GetStringAsync("/.well-known/zks", Bounded.Token()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relay_AfterAllThis_LoggedNoIdAndNoName()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await a.PushTextsAsync("x");
        await b.ReadTextsAsync();
        await fixture.Relay.TerminateAsync(Bounded.Token());

        string log = await File.ReadAllTextAsync(fixture.Log, Bounded.Token());
        foreach (string secret in (string[])[a.DeviceId.ToHex(), b.DeviceId.ToHex(), a.GroupId!.Value.ToHex()])
            Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase);
    }

    // What a relay that turned evil, or a disk that forgets, does to one row.
    private static async Task FlipBitAsync(RelayFixture fixture, long cursor, bool fixChecksum)
    {
        RelayRow row = await RelayRow.ReadAsync(fixture, cursor);
        row.Envelope[^1] ^= 1;
        await row.WriteAsync(fixture, fixChecksum);
    }
}

using System.Diagnostics;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Impairment;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>A real relay at the wire, with scripted devices that are cut off, far behind, or all at it at once: each gets everything, once and in order.</summary>
public sealed class DeliveryScenarios : IAsyncLifetime
{
    private RelayAtTheWire _relay = null!;

    public async ValueTask InitializeAsync() => _relay = await RelayAtTheWire.StartAsync();

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    [Fact]
    public async Task S_SM_02_CutDuringPull_ThePageIsReadAgainWhole()
    {
        using X25519KeyPair key = X25519.GenerateKeyPair();
        RawDevice writer = await _relay.JoinAsync(create: true);
        for (int i = 0; i < 50; i++)
            await (await writer.Session.OpenAsync()).AskAsync<Push, PushAck>(RawBlobs.Make((ulong)i + 1, bytes: 20_000));

        RawDevice cut = await _relay.JoinAsync(key: key);
        RawStream pulling = await cut.Session.OpenAsync();
        await pulling.SendAsync(new Pull(default, 1000, 0, false));
        // A part of the page has arrived when the device is gone.
        Assert.InRange(await pulling.Stream.ReadAsync(new byte[30_000], Bounded.Token()), 1, 30_000);
        await cut.DisposeAsync();

        RawDevice back = await _relay.JoinAsync(key: key);
        Assert.Equal(CursorsTo(50), (await back.PullAllAsync()).Select(entry => entry.Cursor.Value));
    }

    [Fact]
    public async Task S_SM_03_CutDuringCatchUpWithABlobOfItsOwnInFlight_StartsClean()
    {
        using X25519KeyPair key = X25519.GenerateKeyPair();
        RawDevice writer = await _relay.JoinAsync(create: true);
        await PushAsync(writer, 300);
        RawDevice cut = await _relay.JoinAsync(key: key);
        RawStream reading = await cut.Session.OpenAsync();
        PullResponse page = await reading.AskAsync<Subscribe, PullResponse>(new Subscribe(default));
        Push inFlight = cut.Next();
        await (await cut.Session.OpenAsync()).SendAsync(inFlight);
        await cut.DisposeAsync();

        RawDevice back = await _relay.JoinAsync(key: key);
        // Whether it had arrived or not: it is there once, and what was received before the cut does not come again.
        PushAck ack = await (await back.Session.OpenAsync()).AskAsync<Push, PushAck>(inFlight);
        Assert.Equal(301UL, ack.Cursor.Value);
        List<ulong> rest = await SubscribeUntilAsync(back, page.ThroughCursor.Value, 300);
        Assert.Equal(CursorsTo(300), page.Entries.Select(entry => entry.Cursor.Value).Concat(rest));
        Assert.Equal(inFlight.BlobId, Assert.Single(await writer.PullAllAsync()).BlobId);
    }

    [Fact]
    public async Task S_SM_04_PushAndPullInTurns_NeverStuck()
    {
        (RawDevice a, RawDevice b) = await _relay.PairAsync();
        for (ulong i = 1; i <= 200; i += 2)
        {
            Assert.Equal(i, (await a.PushAsync()).Cursor.Value);
            Assert.Equal([i], (await b.PullAllAsync(i - 1)).Select(entry => entry.Cursor.Value));
            Assert.Equal(i + 1, (await b.PushAsync()).Cursor.Value);
            Assert.Equal([i + 1], (await a.PullAllAsync(i)).Select(entry => entry.Cursor.Value));
            await a.AcknowledgeAsync(i + 1);
        }
    }

    [Fact]
    public async Task S_CONC_01_TwoDevicesAtOnce_BothHaveBothInOneOrder()
    {
        const int Each = 100;
        (RawDevice a, RawDevice b) = await _relay.PairAsync();

        await Task.WhenAll(PushAsync(a, Each), PushAsync(b, Each)).Within();

        List<PullEntry> log = await a.PullAllAsync(own: true);
        Assert.Equal(log.Select(entry => entry.BlobId), (await b.PullAllAsync(own: true)).Select(entry => entry.BlobId));
        Assert.Equal(CursorsTo(2 * Each), log.Select(entry => entry.Cursor.Value));
        Assert.All(log.GroupBy(entry => entry.SenderId), sender => Assert.Equal(CursorsTo(Each), sender.Select(entry => entry.SenderSeq.Value)));
    }

    [Fact]
    public async Task S_CONC_04_AThousandBehind_OnlyWhatIsMissingMoves()
    {
        RawDevice writer = await _relay.JoinAsync(create: true);
        await PushAsync(writer, 1_000);
        RawDevice behind = await _relay.JoinAsync();
        long before = behind.Session.Connection.Statistics.BytesReceived;

        Assert.Equal(CursorsTo(1_000).Skip(900), await SubscribeUntilAsync(behind, 900, 1_000));

        // A hundred blobs of 300 bytes, and not a thousand.
        Assert.InRange(behind.Session.Connection.Statistics.BytesReceived - before, 30_000, 60_000);
        Assert.Equal(CursorsTo(1_000), await SubscribeUntilAsync(behind, 0, 1_000));
    }

    [Fact]
    public async Task S_CONV_01_AfterAPartition_EqualWithoutLookingAtWhatWasThere()
    {
        using X25519KeyPair key = X25519.GenerateKeyPair();
        using var proxy = new ImpairmentProxy(_relay.EndPoint, seed: 1);
        RawDevice writer = await _relay.JoinAsync(create: true);
        await PushAsync(writer, 100);
        RawDevice partitioned = await _relay.JoinAsync(key: key, through: proxy.EndPoint);
        Assert.Equal(100, (await partitioned.PullAllAsync()).Count);
        Push[] lost = [.. Enumerable.Range(0, 10).Select(_ => partitioned.Next())];
        RawStream pushing = await partitioned.Session.OpenAsync();
        proxy.Set(new LinkFaults { IsCut = true });
        foreach (Push push in lost)
            await pushing.SendAsync(push);

        await PushAsync(writer, 20);
        await partitioned.DisposeAsync();
        proxy.Set(LinkFaults.None);

        RawDevice back = await _relay.JoinAsync(key: key, through: proxy.EndPoint);
        RawStream again = await back.Session.OpenAsync();
        foreach (Push push in lost)
            Assert.False((await again.AskAsync<Push, PushAck>(push)).Duplicate);

        Assert.Equal(CursorsTo(120).Skip(100), await SubscribeUntilAsync(back, 100, 120));
        Assert.Equal(lost.Select(push => push.BlobId), (await writer.PullAllAsync()).Select(entry => entry.BlobId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S_CONV_02_AfterARestart_CursorsAndWhereEachDeviceStandsAreUnchanged(bool isKilled)
    {
        using X25519KeyPair keyA = X25519.GenerateKeyPair(), keyB = X25519.GenerateKeyPair();
        RawDevice a = await _relay.JoinAsync(create: true, key: keyA), b = await _relay.JoinAsync(key: keyB);
        for (int i = 0; i < 30; i++)
            await Task.WhenAll(a.PushAsync(), b.PushAsync()).Within();

        await a.AcknowledgeAsync(10);
        await b.AcknowledgeAsync(45);
        Welcome[] before = [(await _relay.JoinAsync(key: keyA)).Welcome, (await _relay.JoinAsync(key: keyB)).Welcome];
        RawDevice reader = await _relay.JoinAsync();
        var log = (await reader.PullAllAsync(own: true)).Select(Told).ToArray();

        if (!isKilled)
            await _relay.Fixture.Relay.TerminateAsync(Bounded.Token());

        await _relay.Fixture.RestartAsync();

        RawDevice again = await _relay.JoinAsync(key: keyA);
        Assert.Equal(before.Select(Standing), [Standing(again.Welcome), Standing((await _relay.JoinAsync(key: keyB)).Welcome)]);
        Assert.Equal(60, log.Length);
        Assert.Equal(log, (await again.PullAllAsync(own: true)).Select(Told));
        Assert.Equal(61UL, (await again.PushAsync()).Cursor.Value);

        static Welcome Standing(Welcome welcome) => welcome with { ServerTimeMs = 0 };

        static (Cursor, PullEntryState, DeviceId, BlobId, Sequence, ulong, string) Told(PullEntry entry) =>
            (entry.Cursor, entry.State, entry.SenderId, entry.BlobId, entry.SenderSeq, entry.TimestampMs, Convert.ToHexString(entry.Envelope!.Value.Span));
    }

    [Fact]
    public async Task S_CONV_04_TheCheckOfALog_PassesWhatIsRightAndFindsPlantedDivergence()
    {
        using var first = new ScriptedPusher(_relay.Group, window: 16);
        using var second = new ScriptedPusher(_relay.Group, window: 16);
        await using RawSession one = await first.ConnectAsync(_relay.Transport, _relay.EndPoint, _relay.Fixture.Relay.Address.RelayId);
        await using RawSession two = await second.ConnectAsync(_relay.Transport, _relay.EndPoint, _relay.Fixture.Relay.Address.RelayId);
        Assert.True(await first.PushAsync(one, 50));
        Assert.True(await second.PushAsync(two, 50));
        var devices = new Dictionary<DeviceId, ScriptedPusher> { [one.Device] = first, [two.Device] = second };
        await ScriptedPusher.VerifyAsync(two, devices);

        // One's blobs as the other's, and one blob that was damaged.
        var swapped = new Dictionary<DeviceId, ScriptedPusher> { [one.Device] = second, [two.Device] = first };
        await Assert.ThrowsAsync<InvalidOperationException>(() => ScriptedPusher.VerifyAsync(two, swapped));
        RelayRow row = await RelayRow.ReadAsync(_relay.Fixture, cursor: 70);
        row.Envelope[^1] ^= 1;
        await row.WriteAsync(_relay.Fixture);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ScriptedPusher.VerifyAsync(two, devices));
    }

    [Fact]
    public async Task S_BLOB_02_TenThousandInATightLoop_ArriveInOrder()
    {
        const int Count = 10_000;
        (RawDevice a, RawDevice b) = await _relay.PairAsync();
        Push[] blobs = [.. Enumerable.Range(1, Count).Select(i => RawBlobs.Make((ulong)i, bytes: 1024))];
        RawStream reading = await b.Session.OpenAsync();
        await reading.AskAsync<Subscribe, PullResponse>(new Subscribe(default));
        RawStream pushing = await a.Session.OpenAsync();

        Task sending = SendAsync();
        Task acknowledged = ReceiveAcksAsync();
        var received = new List<BlobId>();
        while (received.Count < Count)
        {
            PullResponse page = await reading.ReceiveAsync<PullResponse>();
            Assert.Equal((ulong)received.Count + 1, page.Entries[0].Cursor.Value);
            received.AddRange(page.Entries.Select(entry => entry.BlobId));
        }

        await Task.WhenAll(sending, acknowledged).Within();
        Assert.Equal(blobs.Select(blob => blob.BlobId), received);

        async Task SendAsync()
        {
            foreach (Push blob in blobs)
                await pushing.SendAsync(blob);
        }

        async Task ReceiveAcksAsync()
        {
            for (int i = 0; i < Count; i++)
                Assert.Equal((ulong)i + 1, (await pushing.ReceiveAsync<PushAck>()).Cursor.Value);
        }
    }

    [Fact]
    public async Task S_BLOB_04_EmptyBlob_IsABlob()
    {
        (RawDevice a, RawDevice b) = await _relay.PairAsync();
        // Nothing but what every envelope has.
        Push empty = RawBlobs.Make(1, EnvelopeHeader.Size);
        await (await a.Session.OpenAsync()).AskAsync<Push, PushAck>(empty);

        PullEntry entry = Assert.Single(await b.PullAllAsync());

        Assert.Equal((PullEntryState.Blob, empty.BlobId), (entry.State, entry.BlobId));
        Assert.Equal(empty.Envelope.ToArray(), entry.Envelope?.ToArray());
    }

    [Fact]
    public async Task C_STOR_04_RestartWithAColdCache_ServesAtOnce()
    {
        RawDevice writer = await _relay.JoinAsync(create: true);
        await PushAsync(writer, 500);

        await _relay.Fixture.RestartAsync(() => Array.ForEach(Directory.GetFiles(_relay.Fixture.RelayData, "relay.db*"), Forget));

        (RawDevice a, RawDevice b) = await _relay.PairAsync();
        Assert.Equal(501UL, (await a.PushAsync()).Cursor.Value);
        Assert.Equal(CursorsTo(501), (await b.PullAllAsync()).Select(entry => entry.Cursor.Value));
    }

    private static IEnumerable<ulong> CursorsTo(int head) => Enumerable.Range(1, head).Select(i => (ulong)i);

    private static async Task PushAsync(RawDevice device, int count)
    {
        for (int i = 0; i < count; i++)
            await device.PushAsync();
    }

    // What a subscription brings after a cursor, up to another.
    private static async Task<List<ulong>> SubscribeUntilAsync(RawDevice device, ulong after, ulong through)
    {
        var cursors = new List<ulong>();
        RawStream reading = await device.Session.OpenAsync();
        PullResponse page = await reading.AskAsync<Subscribe, PullResponse>(new Subscribe(new Cursor(after)));
        cursors.AddRange(page.Entries.Select(entry => entry.Cursor.Value));
        while (page.ThroughCursor.Value < through)
        {
            page = await reading.ReceiveAsync<PullResponse>();
            cursors.AddRange(page.Entries.Select(entry => entry.Cursor.Value));
        }

        return cursors;
    }

    // Has the kernel drop what it holds of a file.
    private static void Forget(string file)
    {
        using Process dd = Process.Start(new ProcessStartInfo("dd", [$"of={file}", "oflag=nocache", "conv=notrunc,fdatasync", "count=0"]) { RedirectStandardError = true })!;
        dd.StandardError.ReadToEnd();
        dd.WaitForExit();
        Assert.Equal(0, dd.ExitCode);
    }
}

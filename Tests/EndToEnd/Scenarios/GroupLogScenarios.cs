using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>A real relay at the wire, with scripted devices: what its log keeps, tells and refuses.</summary>
public sealed class GroupLogScenarios : IAsyncLifetime
{
    private const string SmallGroups = """{ "Group": { "GroupBytesMax": 1048576, "DeliveredRetention": "00:00:00", "TrimInterval": "00:00:00" } }""";

    private RelayAtTheWire _relay = null!;

    public async ValueTask InitializeAsync() => _relay = await RelayAtTheWire.StartAsync(SmallGroups);

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    [Fact]
    public async Task R_HOLE_DeletedRows_KeepTheirPlaceAndTheirProofForEveryReader()
    {
        (RawDevice a, RawDevice b) = await _relay.PairAsync();
        var pushed = new List<PushAck>();
        for (int i = 0; i < 5; i++)
            pushed.Add(await a.PushAsync());

        Delete delete = _relay.Group.Delete(a.Id, pushed[2], sequence: 3, force: true);
        await a.AskAsync<Delete, Done>(delete);
        await a.AskAsync<Delete, Done>(delete);

        List<PullEntry> entries = await b.PullAllAsync(limit: 2);
        Assert.Equal([1, 2, 3, 4, 5], entries.Select(entry => entry.Cursor.Value));
        Assert.Equal(PullEntryState.Deleted, entries[2].State);
        Assert.Null(entries[2].Envelope);
        Assert.Equal(delete.Proof.ToArray(), entries[2].Proof?.ToArray());
        Assert.Equal(pushed[2].BlobId, entries[2].BlobId);
        Assert.All(entries.Where(entry => entry.Cursor.Value != 3), entry => Assert.NotNull(entry.Envelope));
        // Who comes later hears of it too.
        RawDevice late = await _relay.JoinAsync();
        Assert.Equal(PullEntryState.Deleted, (await late.PullAllAsync())[2].State);
    }

    [Fact]
    public async Task Delete_ByAnybodyElseOrWithoutForce_IsRefused()
    {
        (RawDevice a, RawDevice b) = await _relay.PairAsync();
        PushAck pushed = await a.PushAsync();

        Assert.Equal(ErrorCode.NotBlobOwner, (await b.AskAsync<Delete, Error>(_relay.Group.Delete(b.Id, pushed, 1, force: true))).Reason);
        Assert.Equal(ErrorCode.Unauthorized, (await a.AskAsync<Delete, Error>(_relay.Group.Delete(b.Id, pushed, 1, force: true))).Reason);
        Assert.Equal(ErrorCode.BlobNotFound, (await a.AskAsync<Delete, Error>(_relay.Group.Delete(a.Id, pushed, 2, force: true))).Reason);
        Assert.Equal(ErrorCode.InvalidMessage, (await a.AskAsync<Delete, Error>(_relay.Group.Delete(a.Id, pushed, 1, force: false))).Reason);
        Assert.Equal(PullEntryState.Blob, Assert.Single(await b.PullAllAsync()).State);
    }

    [Fact]
    public async Task C_COLL_02_DeletedWhileBeingPulled_IsACleanGone()
    {
        (RawDevice a, RawDevice b) = await _relay.PairAsync();
        PushAck[] pushed = [await a.PushAsync(), await a.PushAsync(), await a.PushAsync()];
        PullResponse first = await b.AskAsync<Pull, PullResponse>(new Pull(default, 1, 0, false));

        await a.AskAsync<Delete, Done>(_relay.Group.Delete(a.Id, pushed[1], 2, force: true));

        List<PullEntry> rest = await b.PullAllAsync(first.ThroughCursor.Value, limit: 1);
        Assert.Equal([(2UL, PullEntryState.Deleted), (3UL, PullEntryState.Blob)], rest.Select(entry => (entry.Cursor.Value, entry.State)));
        Assert.Equal(ErrorCode.BlobNotFound, (await b.AskAsync<Refill, Error>(new Refill(new Cursor(2), a.Id, new Sequence(2), pushed[1].BlobId, RawBlobs.Make(2).Envelope))).Reason);
    }

    [Fact]
    public async Task A_RES_04_EndlessPushes_MeetTheQuota_OthersDoNot_AndADeliveryMakesRoom()
    {
        (RawDevice a, RawDevice b) = await _relay.PairAsync();
        using var other = new RawGroup();
        RawDevice bystander = await _relay.JoinAsync(group: other, create: true);
        RawStream pushing = await a.Session.OpenAsync();
        Error? refused = null;
        ulong seq = 0;
        while (refused is null)
        {
            await pushing.SendAsync(RawBlobs.Make(++seq, bytes: 100_000));
            byte[] answer = await pushing.ReceiveAsync() ?? throw new InvalidOperationException("No answer.");
            if (!MessageCodec.TryDecode(answer, out PushAck? _))
                refused = MessageCodec.TryDecode(answer, out Error? error) ? error : throw new InvalidOperationException("Neither an answer nor an error.");
        }

        Assert.Equal((ErrorCode.GroupQuotaExceeded, 11UL), (refused.Reason, seq));
        Assert.Equal([11UL, 1_000_000UL, 1UL << 20], refused.Detail);
        Assert.True(refused.RetryAfterMs > 0, "when to come again");
        await bystander.PushAsync();

        // What the other device has is no longer needed, and the same push fits.
        await b.AcknowledgeAsync(4);
        RawStream again = await a.Session.OpenAsync();
        Assert.Equal(11UL, (await again.AskAsync<Push, PushAck>(RawBlobs.Make(11, bytes: 100_000))).Cursor.Value);
        Error resync = await b.AskAsync<Pull, Error>(new Pull(new Cursor(2), 0, 0, false));
        Assert.Equal((ErrorCode.ResyncRequired, "5,11"), (resync.Reason, string.Join(',', resync.Detail)));
    }

    [Fact]
    public async Task R_NEWRELAY_SequencesThatAreNotHere_ComeAsAVoidRun_AndNothingIsStuck()
    {
        (RawDevice a, RawDevice b) = await _relay.PairAsync();
        RawStream first = await a.Session.OpenAsync();
        Error gap = await first.AskAsync<Push, Error>(RawBlobs.Make(41));
        Assert.Equal((ErrorCode.OutOfSequence, 1UL), (gap.Reason, gap.Detail[0]));

        RawStream second = await a.Session.OpenAsync();
        Assert.Equal(1UL, (await second.AskAsync<Push, PushAck>(RawBlobs.MakeVoid(1, 40))).Cursor.Value);
        Assert.Equal(2UL, (await second.AskAsync<Push, PushAck>(RawBlobs.Make(41))).Cursor.Value);

        Assert.Equal([(1UL, 40UL), (41UL, 41UL)], (await b.PullAllAsync()).Select(entry => (entry.FirstSeq.Value, entry.SenderSeq.Value)));
    }

    [Fact]
    public async Task S_SM_01_CutDuringPush_ResentBlobsKeepTheirCursors()
    {
        using X25519KeyPair key = X25519.GenerateKeyPair();
        RawDevice reader = await _relay.JoinAsync(create: true);
        RawDevice cut = await _relay.JoinAsync(key: key);
        Push[] blobs = [.. Enumerable.Range(0, 20).Select(_ => cut.Next())];
        RawStream pushing = await cut.Session.OpenAsync();
        foreach (Push blob in blobs)
            await pushing.SendAsync(blob);

        PushAck seen = await pushing.ReceiveAsync<PushAck>();
        await cut.DisposeAsync();

        RawDevice back = await _relay.JoinAsync(key: key);
        RawStream again = await back.Session.OpenAsync();
        var cursors = new List<ulong>();
        foreach (Push blob in blobs)
            cursors.Add((await again.AskAsync<Push, PushAck>(blob)).Cursor.Value);

        Assert.Equal(seen.Cursor.Value, cursors[0]);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (ulong)i), cursors);
        Assert.Equal(blobs.Select(blob => blob.BlobId), (await reader.PullAllAsync()).Select(entry => entry.BlobId));
    }

    [Fact]
    public async Task S_CONC_03_FiveDevicesAtOnce_AllSeeAllInOneOrder()
    {
        const int Each = 30;
        RawDevice[] devices = [await _relay.JoinAsync(create: true), await _relay.JoinAsync(), await _relay.JoinAsync(), await _relay.JoinAsync(), await _relay.JoinAsync()];
        var subscribed = new List<RawStream>();
        foreach (RawDevice device in devices)
        {
            RawStream reading = await device.Session.OpenAsync();
            await reading.AskAsync<Subscribe, PullResponse>(new Subscribe(default));
            subscribed.Add(reading);
        }

        await Task.WhenAll(devices.Select(async device =>
        {
            for (int i = 0; i < Each; i++)
                await device.PushAsync();
        })).Within();

        List<PullEntry> all = await devices[0].PullAllAsync(own: true);
        Assert.Equal(Enumerable.Range(1, Each * devices.Length).Select(i => (ulong)i), all.Select(entry => entry.Cursor.Value));
        for (int i = 0; i < devices.Length; i++)
        {
            var received = new List<(ulong, BlobId)>();
            while (received.Count < Each * (devices.Length - 1))
                received.AddRange((await subscribed[i].ReceiveAsync<PullResponse>()).Entries.Select(entry => (entry.Cursor.Value, entry.BlobId)));

            Assert.Equal(all.Where(entry => entry.SenderId != devices[i].Id).Select(entry => (entry.Cursor.Value, entry.BlobId)), received);
        }
    }
}

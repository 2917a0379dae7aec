using System.Text;
using ZeroKSync.Client;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Relay;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>A relay that serves old blobs once more: in place of new ones, as new ones, or by going back to an earlier state of its own.</summary>
public sealed class OldBlobTests
{
    // The old envelope under the new blob's cursor and sequence: it does not open there.
    [Fact]
    public async Task A_PROTO_02_OldEnvelopeInPlaceOfANewOne_IsQuarantinedAndReported()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        SyncClient reader = await PushWhileTheOtherIsAwayAsync(fixture, () => PutFirstInPlaceOfThirdAsync(fixture, "blob_id", "envelope"), "1", "2", "3");
        Task<SyncEvent> reported = reader.FirstAsync(SyncEventKind.Quarantined);

        (List<string> read, SyncException? failure) = await reader.TryReadTextsAsync();

        Assert.Equal(["1", "2"], read);
        Assert.Equal(SyncErrorKind.OutOfStep, failure?.Kind);
        Assert.Equal(3UL, (await reported.Within()).Cursor?.Value);
        Assert.NotEqual(SyncState.Synced, reader.Status.State);
    }

    // The whole old entry again, under a cursor of its own: a duplicate, which is not delivered.
    [Fact]
    public async Task A_PROTO_02_OldEntryAsANewOne_IsNotDeliveredTwice()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        SyncClient reader = await PushWhileTheOtherIsAwayAsync(
            fixture, () => PutFirstInPlaceOfThirdAsync(fixture, "sender", "blob_id", "key_epoch", "first_seq", "sender_seq", "envelope"), "1", "2", "3");

        Assert.Equal(["1", "2"], await reader.ReadTextsAsync());
    }

    // The relay's files of an hour ago: the reader keeps what it has read and is given none of it again; what the relay no longer has comes from its sender's journal.
    [Fact]
    public async Task A_PROTO_02_RelayGoesBackToAnEarlierState_NothingIsTakenBackOrDeliveredTwice()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await a.PushTextsAsync("1", "2");
        Assert.Equal(["1", "2"], await b.ReadTextsAsync());
        string earlier = fixture.Sub("earlier");
        await fixture.RestartAsync(() => Copy(fixture.RelayData, earlier));
        await a.PushTextsAsync("3", "4");
        Assert.Equal(["3", "4"], await b.ReadTextsAsync());

        await fixture.RestartAsync(() =>
        {
            Directory.Delete(fixture.RelayData, recursive: true);
            Copy(earlier, fixture.RelayData);
        });
        await a.PushTextsAsync("5");

        Assert.Equal(["5"], await b.ReadTextsAsync());
        Assert.Equal(5, await RelayRow.CountAsync(fixture));
    }

    // A reader who is opened only after the relay's rows are what the test makes of them.
    private static async Task<SyncClient> PushWhileTheOtherIsAwayAsync(RelayFixture fixture, Func<Task> change, params string[] texts)
    {
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await b.DisposeAsync();
        await a.PushTextsAsync(texts);
        await change();
        return await fixture.OpenAsync("b");
    }

    private static async Task PutFirstInPlaceOfThirdAsync(RelayFixture fixture, params string[] columns)
    {
        RelayRow third = await RelayRow.ReadAsync(fixture, cursor: 3);
        third.CopyFrom(await RelayRow.ReadAsync(fixture, cursor: 1), columns);
        await third.WriteAsync(fixture);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}

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
        Task<SyncEvent> reported = FirstEventAsync(reader, SyncEventKind.Quarantined);

        Assert.Equal(["1", "2"], await ReadAsync(reader));
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

        Assert.Equal(["1", "2"], await ReadAsync(reader));
    }

    // The relay's files of an hour ago: the reader keeps what it has read and is given none of it again; what the relay no longer has comes from its sender's journal.
    [Fact]
    public async Task A_PROTO_02_RelayGoesBackToAnEarlierState_NothingIsTakenBackOrDeliveredTwice()
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await PushAsync(a, "1", "2");
        Assert.Equal(["1", "2"], await ReadAsync(b));
        string earlier = fixture.Sub("earlier");
        await fixture.RestartAsync(() => Copy(fixture.RelayData, earlier));
        await PushAsync(a, "3", "4");
        Assert.Equal(["3", "4"], await ReadAsync(b));

        await fixture.RestartAsync(() =>
        {
            Directory.Delete(fixture.RelayData, recursive: true);
            Copy(earlier, fixture.RelayData);
        });
        await PushAsync(a, "5");

        Assert.Equal(["5"], await ReadAsync(b));
        Assert.Equal(5, await RelayRow.CountAsync(fixture));
    }

    // A reader who is opened only after the relay's rows are what the test makes of them.
    private static async Task<SyncClient> PushWhileTheOtherIsAwayAsync(RelayFixture fixture, Func<Task> change, params string[] texts)
    {
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        await b.DisposeAsync();
        await PushAsync(a, texts);
        await change();
        return await fixture.OpenAsync("b");
    }

    private static async Task PushAsync(SyncClient client, params string[] texts)
    {
        foreach (string text in texts)
            await client.PushAsync(Encoding.UTF8.GetBytes(text), Bounded.Token());

        Assert.True(await client.FlushAsync(Bounded.Default, Bounded.Token()));
    }

    // What is delivered until the head, or until the client says that it cannot go on.
    private static async Task<List<string>> ReadAsync(SyncClient client)
    {
        var read = new List<string>();
        try
        {
            await foreach (SyncedBlob blob in client.ReadToHeadAsync(Bounded.Token()))
                read.Add(Encoding.UTF8.GetString(blob.Data.Span));
        }
        catch (SyncException exception) when (exception.Kind == SyncErrorKind.OutOfStep)
        {
            // Something is known to be missing: what there is was delivered.
        }

        return read;
    }

    private static async Task<SyncEvent> FirstEventAsync(SyncClient client, SyncEventKind kind)
    {
        await foreach (SyncEvent happened in client.Events.WithCancellation(Bounded.Token()))
        {
            if (happened.Kind == kind)
                return happened;
        }

        throw new InvalidOperationException($"The client was closed without {kind}.");
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

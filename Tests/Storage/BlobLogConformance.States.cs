using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage;

public abstract partial class BlobLogConformance
{
    [Fact]
    public async Task ExpireAsync_DueRows_KeepTheirPlaceAndFreeTheirBytes()
    {
        long version = await CreateAsync(Group(1), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 3);
        append = append with { Entries = [append.Entries[0] with { ExpiresMs = Now + 1 }, .. append.Entries.Skip(1)] };
        await Log.AppendAsync(append, Token);
        using var expired = new StorageCount("zks.storage.expired_rows");

        // A reader sees it as expired the moment it is, whether or not it has been collected.
        Assert.Equal(EntryState.Expired, (await ReadAsync(Query(Group(1), 0) with { NowMs = Now + 1 })).Entries[0].State);
        Assert.Equal(0, expired.Value);
        Assert.Equal(1, await Log.ExpireAsync(Now + 1, 100, Token));
        Assert.Equal(0, await Log.ExpireAsync(Now + 1, 100, Token));
        Assert.Equal(1, expired.Value);

        LogPage page = await ReadAsync(Query(Group(1), 0));
        Assert.Equal([EntryState.Expired, EntryState.Blob, EntryState.Blob], page.Entries.Select(entry => entry.State));
        Assert.Null(page.Entries[0].Envelope);
        Assert.Equal(2L * Envelope(1).Length, (await Log.GetStatisticsAsync(Group(1), Token))?.BytesUsed);
    }

    [Fact]
    public async Task ExpireAsync_MoreThanABatch_TakesTheOldestFirst()
    {
        long version = await CreateAsync(Group(1), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 5);
        append = append with { Entries = [.. append.Entries.Select((entry, i) => entry with { ExpiresMs = Now + 10 - (ulong)i })] };
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(append, Token)).Version;

        Assert.Equal(2, await Log.ExpireAsync(Now + 10, 2, Token));
        LogPage page = await ReadAsync(Query(Group(1), 0));
        Assert.Equal([EntryState.Blob, EntryState.Blob, EntryState.Blob, EntryState.Expired, EntryState.Expired], page.Entries.Select(entry => entry.State));

        Assert.Equal(2, await Log.ExpireAsync(Now + 10, 2, Token));
        Assert.Equal(1, await Log.ExpireAsync(Now + 10, 2, Token));
        Assert.Equal(0, await Log.ExpireAsync(Now + 10, 2, Token));
        // Whoever decided before must look again.
        Assert.IsType<LogFenced>(await Log.AppendAsync(Append(Group(1), version, Device(1), 6, 1), Token));
        Assert.True(await Log.VerifyAsync(Token) is { IsSound: true, Rows: 5 });
    }

    [Fact]
    public async Task R_CLOCK_ClockGoesBackAndOn_ExpiresNothingTwiceAndNothingEarly()
    {
        long version = await CreateAsync(Group(1), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 2);
        append = append with { Entries = [append.Entries[0] with { ExpiresMs = Now + 1000 }, append.Entries[1] with { ExpiresMs = Now + 3_600_000 }] };
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(append, Token)).Version;

        Assert.Equal(1, await Log.ExpireAsync(Now + 1000, 10, Token));
        Assert.Equal(0, await Log.ExpireAsync(Now - 3_600_000, 10, Token));
        // An hour back, a push is stored behind the others all the same, with the time that is told.
        version = (await Log.LoadAsync(Group(1), Token))!.Version;
        LogAppend earlier = Append(Group(1), version, Device(1), 3, 1) with { TimestampMs = Now - 3_600_000 };
        Assert.Equal(3UL, Assert.IsType<LogWritten>(await Log.AppendAsync(earlier, Token)).Head.Value);

        LogPage page = await ReadAsync(Query(Group(1), 0) with { NowMs = Now - 3_600_000 });
        Assert.Equal([EntryState.Expired, EntryState.Blob, EntryState.Blob], page.Entries.Select(entry => entry.State));
        Assert.Equal(Now - 3_600_000, page.Entries[2].TimestampMs);
    }

    [Fact]
    public async Task MarkAsync_Deletion_LeavesTheRowWithItsProofAndFreesItsBytes()
    {
        long version = await CreateAsync(Group(1), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 3);
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(append, Token)).Version;
        LogMark mark = Deletion(Group(1), version, 2) with { Audit = AuditKind.ForceDeleted };

        var written = Assert.IsType<LogWritten>(await Log.MarkAsync(mark, Token));

        Assert.Equal((version + 1, 2L * 1024), (written.Version, written.BytesUsed));
        PageEntry row = (await ReadAsync(Query(Group(1), 0))).Entries[1];
        Assert.Equal((EntryState.Deleted, 5u, 2UL, append.Entries[1].BlobId), (row.State, row.KeyEpoch.Value, row.SenderSeq.Value, row.BlobId));
        Assert.Equal(mark.Proof?.ToArray(), row.Proof?.ToArray());
        Assert.Null(row.Envelope);
        Assert.Equal([new AuditRecord(Now, AuditKind.ForceDeleted, Device(1), new Cursor(2))], await Log.ReadAuditAsync(Group(1), Token));
        Assert.True((await Log.VerifyAsync(Token)).IsSound);
        // It is not deleted twice, and not where there is nothing.
        Assert.IsType<LogRowMismatch>(await Log.MarkAsync(mark with { ExpectedVersion = written.Version }, Token));
        Assert.IsType<LogRowMismatch>(await Log.MarkAsync(Deletion(Group(1), written.Version, 4), Token));
        Assert.Equal(0, await Log.ExpireAsync(ulong.MaxValue / 4, 1, Token) - 1);
        Assert.Equal(EntryState.Deleted, (await ReadAsync(Query(Group(1), 0))).Entries[1].State);
    }

    [Fact]
    public async Task ReadAuditAsync_MoreThanIsKept_HasTheLastOnes()
    {
        long version = await CreateAsync(Group(1), Device(1));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 1), Token)).Version;
        await ChangeAsync(
            $"""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {AuditRecord.PerGroupMax})
            INSERT INTO audit (group_ref, at_ms, kind, device, cursor) SELECT (SELECT MIN(id) FROM groups), i, 1, {Zeros(32)}, i FROM n
            """);

        await Log.MarkAsync(Deletion(Group(1), version, 1) with { Audit = AuditKind.Deleted }, Token);

        ImmutableArray<AuditRecord> audit = await Log.ReadAuditAsync(Group(1), Token);
        Assert.Equal(AuditRecord.PerGroupMax, audit.Length);
        Assert.Equal((Now, 2UL), (audit[0].AtMs, audit[^1].AtMs));
    }

    public static TheoryData<string> Columns =>
    [
        "state = 1", "state_ms = state_ms + 1", "key_epoch = 9", "first_seq = 1", "sender_seq = 9", "timestamp_ms = timestamp_ms + 1", "expires_ms = expires_ms + 1", "checksum = checksum + 1",
        "sender = (SELECT device_id FROM devices ORDER BY device_id DESC LIMIT 1)", "blob_id = (SELECT e.blob_id FROM entries e WHERE e.cursor = 3)", "envelope = NULL",
        "envelope = (SELECT e.envelope FROM entries e WHERE e.cursor = 1)",
    ];

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task C_STOR_03_AnyColumnOfARow_ChangedOnDisk_IsToldAsCorrupt(string change)
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        await AppendEachAsync(Append(Group(1), version, Device(1), 1, 3));
        await ChangeAsync($"UPDATE entries SET {change} WHERE cursor = 2");
        Assert.Equal(1, (await Log.VerifyAsync(Token)).CorruptRows);

        for (int reading = 0; reading < 2; reading++)
        {
            LogPage page = await ReadAsync(Query(Group(1), 0) with { Except = Device(2) });
            Assert.Equal([EntryState.Blob, EntryState.Corrupt, EntryState.Blob], page.Entries.Select(entry => entry.State));
            Assert.Null(page.Entries[1].Envelope);
            Assert.Null(page.Entries[1].Proof);
        }

        Assert.True(await Log.VerifyAsync(Token) is { IsSound: true, QuarantinedRows: 1 });
        Assert.Equal((1L, 2L * 1024), ((await Log.GetStatisticsAsync(Token)).CorruptRows, (await Log.GetStatisticsAsync(Group(1), Token))!.BytesUsed));
    }

    [Fact]
    public async Task RefillAsync_CorruptRow_ServesItAgain()
    {
        long version = await CreateAsync(Group(1), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 3);
        await AppendEachAsync(append);
        await ChangeAsync($"UPDATE entries SET envelope = {Zeros(1024)} WHERE cursor = 2");
        PageEntry row = (await ReadAsync(Query(Group(1), 0))).Entries[1];
        version = (await Log.LoadAsync(Group(1), Token))!.Version;
        LogRefill refill = Refill(Group(1), version, row) with { Envelope = Envelope(2), FirstSeq = new Sequence(2) };

        Assert.IsType<LogRowMismatch>(await Log.RefillAsync(refill with { BlobId = append.Entries[0].BlobId }, Token));
        Assert.IsType<LogRowMismatch>(await Log.RefillAsync(refill with { Sender = Device(2) }, Token));
        Assert.IsType<LogRowMismatch>(await Log.RefillAsync(refill with { SenderSeq = new Sequence(3) }, Token));
        Assert.IsType<LogRowMismatch>(await Log.RefillAsync(refill with { Cursor = new Cursor(1) }, Token));
        var written = Assert.IsType<LogWritten>(await Log.RefillAsync(refill, Token));

        Assert.Equal(3L * 1024, written.BytesUsed);
        LogPage page = await ReadAsync(Query(Group(1), 0));
        Assert.All(page.Entries, entry => Assert.Equal(EntryState.Blob, entry.State));
        Assert.Equal(Envelope(2), page.Entries[1].Envelope?.ToArray());
        Assert.IsType<LogRowMismatch>(await Log.RefillAsync(refill with { ExpectedVersion = written.Version }, Token));
        Assert.True(await Log.VerifyAsync(Token) is { IsSound: true, QuarantinedRows: 0 });
    }

    [Fact]
    public async Task R_HOLE_TtlsDeletesAndDamageBetweenLiveRows_AreNamedToEveryReader()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2), Device(3));
        LogAppend append = Append(Group(1), version, Device(1), 1, 12);
        append = append with { Entries = [.. append.Entries.Select((entry, i) => entry with { ExpiresMs = Now + (i % 3 == 0 ? 10UL : 1_000_000UL) })] };
        await AppendEachAsync(append);
        version = (await Log.LoadAsync(Group(1), Token))!.Version;
        version = Assert.IsType<LogWritten>(await Log.MarkAsync(Deletion(Group(1), version, 2), Token)).Version;
        await ChangeAsync($"UPDATE entries SET envelope = {Zeros(10)} WHERE cursor = 6");
        await ChangeAsync("DELETE FROM entries WHERE cursor = 9");

        foreach (bool isCollected in (bool[])[false, true])
        {
            if (isCollected)
                Assert.Equal(4, await Log.ExpireAsync(Now + 10, 100, Token));

            foreach (DeviceId reader in (DeviceId[])[Device(2), Device(3)])
            {
                LogPage page = await ReadAsync(Query(Group(1), 0) with { Except = reader, NowMs = Now + 10 });
                Assert.Equal(Enumerable.Range(1, 12).Select(i => (ulong)i), page.Entries.Select(entry => entry.Cursor.Value));
                Assert.Equal("210203203200", string.Concat(page.Entries.Select(entry => (int)entry.State)));
            }
        }
    }
}

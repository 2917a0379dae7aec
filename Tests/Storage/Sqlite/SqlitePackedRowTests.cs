using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>Blobs that share a row of the database: one row as long as they can be, and damage in it costs no more than it must.</summary>
public sealed class SqlitePackedRowTests : IAsyncDisposable
{
    private const int Blobs = 5;

    private readonly TempDirectory _directory = new();
    private readonly SqliteStore _store;
    private readonly SqliteBlobLog _log;

    public SqlitePackedRowTests()
    {
        _store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path });
        _log = new SqliteBlobLog(_store);
    }

    private static CancellationToken Token => Bounded.Token();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task AppendAsync_BlobsOfOneAppend_AreOneRowUntilTheyAllGo()
    {
        long version = await FillAsync();
        Assert.Equal([5], await CursorsAsync());

        version = await TrimAsync(version, 3);
        Assert.Equal([5], await CursorsAsync());
        Assert.Equal([4, 5], (await ReadAsync()).Select(entry => entry.Cursor.Value));
        Assert.Equal(2L * 1024, (await _log.LoadAsync(Group(1), Token))!.BytesUsed);
        Assert.True((await _log.VerifyAsync(Token)).IsSound);

        await TrimAsync(version, 5);
        Assert.Empty(await CursorsAsync());
    }

    [Fact]
    public async Task ExpireAsync_BlobsOfOneRow_LeaveTheirNumbersInIt()
    {
        await TrimAsync(await FillAsync(), 2);

        Assert.Equal(3, await _log.ExpireAsync(Now + 2_000_000, 100, Token));

        Assert.Equal([5], await CursorsAsync());
        Assert.Equal(0, await QueryAsync("SELECT length(envelope) FROM entries") ?? 0);
        Assert.Equal([(3UL, EntryState.Expired), (4UL, EntryState.Expired), (5UL, EntryState.Expired)], (await ReadAsync()).Select(entry => (entry.SenderSeq.Value, entry.State)));
        Assert.True((await _log.VerifyAsync(Token)).IsSound);
    }

    [Fact]
    public async Task ExpireAsync_MoreThanOneTransactionTakes_EndsWithAll()
    {
        long version = await FillAsync();
        await _log.AppendSampleAsync(Group(1), version, Device(1), Blobs + 1, Blobs);

        foreach (int expected in (int[])[Blobs, Blobs, 0])
            Assert.Equal(expected, await _log.ExpireAsync(Now + 2_000_000, 3, Token));
    }

    [Fact]
    public async Task MarkAsync_OneOfARow_TakesItsBytesOutOfTheDatabase()
    {
        long version = await FillAsync();

        Assert.IsType<LogWritten>(await _log.MarkAsync(Deletion(Group(1), version, 2), Token));

        Assert.Equal([1, 2, 3, 4, 5], await CursorsAsync());
        Assert.Equal(0, await QueryAsync($"SELECT COUNT(*) FROM entries WHERE instr(envelope, zeroblob(0) || x'{Convert.ToHexString(Envelope(2))}') > 0"));
        Assert.Equal("01000", string.Concat((await ReadAsync()).Select(entry => (int)entry.State)));
    }

    // Nobody read it before: what its numbers say is freed, and no more than there is.
    [Theory]
    [InlineData(0x40, 0)]
    [InlineData(0x80, (2 * 1024) + 1024)]
    public async Task Trimming_LengthThatIsDamaged_CountsNothingBelowZero(byte change, long counted)
    {
        await FillAsync();
        byte[] parts = await PartsAsync();
        parts[(2 * RowPart.Bytes) - sizeof(int)] ^= change;
        await ChangeAsync("UPDATE entries SET parts = $bytes", parts);

        long version = await TrimAsync((await _log.LoadAsync(Group(1), Token))!.Version, 3);
        Assert.Equal((4UL, counted, version), await StateAsync());

        version = await TrimAsync(version, 5);
        Assert.Equal((6UL, 0L, version), await StateAsync());
        Assert.True((await _log.VerifyAsync(Token)).IsSound);
    }

    [Fact]
    public async Task MarkAsync_OneThatWasTrimmedAndIsStillInTheFile_IsNoRow()
    {
        LogAppend append = await FillAsync(random: true);
        byte[] parts = await PartsAsync();
        parts[0] ^= 1;
        await ChangeAsync("UPDATE entries SET parts = $bytes", parts);
        long version = await TrimAsync((await _log.LoadAsync(Group(1), Token))!.Version, 3);

        Assert.IsType<LogRowMismatch>(await _log.MarkAsync(Deletion(Group(1), version, 2), Token));
        // As a reader would ask that had met the damage before the trim.
        await _store.WriteAsync(session => MarkRows.MarkCorrupt(session, [(1, 1)], Now), Token);

        Assert.Equal((4UL, 2L * 1024, version), await StateAsync());
        Assert.Equal([5], await CursorsAsync());
        Assert.True(await _log.VerifyAsync(Token) is { IsSound: true, QuarantinedRows: 0 });
        Assert.Equal(append.Entries.Skip(3).Select(entry => entry.BlobId), (await ReadAsync()).Select(entry => entry.BlobId));
    }

    [Fact]
    public async Task C_STOR_03_AnyByteOfTheParts_CostsThatBlobAlone()
    {
        LogAppend append = await FillAsync(random: true);
        byte[] parts = await PartsAsync();
        Assert.Equal(Blobs * RowPart.Bytes, parts.Length);
        for (int at = 0; at < parts.Length; at++)
        {
            byte[] changed = [.. parts];
            changed[at] ^= (byte)(1 << (at % 8));
            await ChangeAsync("UPDATE entries SET parts = $bytes", changed);

            // As it is: a page of the log would be quarantined where it is damaged.
            LogPage page = await _store.ReadAsync(session => PageRows.Read(session, Query(Group(1), 0), [])!, Token);

            Assert.Equal([1, 2, 3, 4, 5], page.Entries.Select(entry => entry.Cursor.Value));
            PageEntry[] served = [.. page.Entries.Where(entry => entry.State == EntryState.Blob)];
            Assert.All(served, entry => Assert.Equal(append.Entries[(int)entry.Cursor.Value - 1].Envelope.ToArray(), entry.Envelope?.ToArray()));
            Assert.Equal(Blobs - 1, served.Length);
            Assert.DoesNotContain(served, entry => entry.Cursor.Value == 1 + ((ulong)at / RowPart.Bytes));
        }
    }

    [Theory]
    [InlineData("cursor = 6")]
    [InlineData("state = 2")]
    [InlineData("state_ms = state_ms + 1")]
    [InlineData("key_epoch = 9")]
    [InlineData("timestamp_ms = timestamp_ms + 1")]
    [InlineData("expires_ms = expires_ms + 1")]
    [InlineData("sender = (SELECT device_id FROM devices ORDER BY device_id DESC LIMIT 1)")]
    [InlineData("envelope = NULL")]
    [InlineData("parts = NULL")]
    [InlineData("parts = x''")]
    [InlineData("parts = zeroblob(100000)")]
    public async Task C_STOR_03_AnyColumnOfAPackedRow_ChangedOnDisk_IsServedToNobody(string change)
    {
        long version = await FillAsync();
        await ChangeAsync($"UPDATE entries SET {change}");

        Assert.False(await _log.VerifyAsync(Token) is { IsSound: true, QuarantinedRows: 0 });
        for (int reading = 0; reading < 2; reading++)
        {
            List<PageEntry> rows = await ReadAsync();
            Assert.Equal([1, 2, 3, 4, 5], rows.Select(entry => entry.Cursor.Value));
            Assert.All(rows, entry => Assert.Equal((EntryState.Corrupt, default(ReadOnlyMemory<byte>?)), (entry.State, entry.Envelope)));
        }

        // The log goes on, and the prefix goes when it is delivered.
        version = await _log.AppendSampleAsync(Group(1), (await _log.LoadAsync(Group(1), Token))!.Version, Device(1), 6, 2);
        var all = new TrimRequest { AllThrough = new Cursor(7), OthersThrough = new Cursor(7), Laggard = Device(1), StoredThroughMs = Now + 1, HolesThroughMs = 0 };
        Assert.IsType<LogWritten>(await _log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = all }, Token));
        Assert.Equal((8UL, 0L), ((await _log.LoadAsync(Group(1), Token))!.Oldest.Value, (await _log.LoadAsync(Group(1), Token))!.BytesUsed));
    }

    [Fact]
    public async Task VerifyAsync_SizeThatIsNotThatOfTheBlobs_IsAFault()
    {
        await FillAsync();
        await ChangeAsync("UPDATE entries SET size = size - 1");

        Assert.False((await _log.VerifyAsync(Token)).IsSound);
        Assert.All(await ReadAsync(), entry => Assert.Equal(EntryState.Blob, entry.State));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task RefillAsync_DamagedBlobsOfARow_AreServedAgainBesideTheOthers(int byteOfANumber)
    {
        LogAppend append = await FillAsync(random: true);
        byte[] parts = await PartsAsync();
        // How long the second one is, and where the third one begins.
        parts[(2 * RowPart.Bytes) - byteOfANumber] ^= 0x81;
        parts[(3 * RowPart.Bytes) - sizeof(int) - byteOfANumber] ^= 0x81;
        await ChangeAsync("UPDATE entries SET parts = $bytes", parts);

        Assert.Equal("03300", string.Concat((await ReadAsync()).Select(entry => (int)entry.State)));
        Assert.Equal(3 * 1024L, (await _log.LoadAsync(Group(1), Token))!.BytesUsed);
        Assert.Equal(5, (await CursorsAsync()).Count);
        foreach (PageEntry row in (await ReadAsync()).Where(entry => entry.State == EntryState.Corrupt))
        {
            long version = (await _log.LoadAsync(Group(1), Token))!.Version;
            LogRefill refill = Refill(Group(1), version, row) with { Envelope = append.Entries[(int)row.Cursor.Value - 1].Envelope };
            Assert.IsType<LogWritten>(await _log.RefillAsync(refill, Token));
        }

        Assert.Equal(append.Entries.Select(entry => Convert.ToHexString(entry.Envelope.Span)), (await ReadAsync()).Select(entry => Convert.ToHexString(entry.Envelope!.Value.Span)));
        Assert.Equal(Blobs * 1024L, (await _log.LoadAsync(Group(1), Token))!.BytesUsed);
        Assert.True(await _log.VerifyAsync(Token) is { IsSound: true, QuarantinedRows: 0 });
    }

    private async Task<long> FillAsync()
    {
        await FillAsync(random: false);
        return (await _log.LoadAsync(Group(1), Token))!.Version;
    }

    private async Task<LogAppend> FillAsync(bool random)
    {
        LogAppend append = Append(Group(1), await _log.CreateSampleAsync(Group(1), Device(1), Device(2)), Device(1), 1, Blobs);
        if (random)
            append = append with { Entries = [.. append.Entries.Select(entry => entry with { Envelope = System.Security.Cryptography.RandomNumberGenerator.GetBytes(1024) })] };

        Assert.IsType<LogWritten>(await _log.AppendAsync(append, Token));
        return append;
    }

    private async Task<long> TrimAsync(long version, ulong through) =>
        Assert.IsType<LogWritten>(await _log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = Delivered(through) }, Token)).Version;

    private async Task<(ulong Oldest, long Bytes, long Version)> StateAsync()
    {
        StoredGroup group = (await _log.LoadAsync(Group(1), Token))!;
        return (group.Oldest.Value, group.BytesUsed, group.Version);
    }

    private async Task<List<PageEntry>> ReadAsync() => [.. (await _log.PageAsync(Query(Group(1), 0))).Entries];

    private Task<List<ulong>> CursorsAsync() => _store.ReadAsync(
        session =>
        {
            var cursors = new List<ulong>();
            using SqliteDataReader reader = session.Query("SELECT cursor FROM entries ORDER BY cursor");
            while (reader.Read())
                cursors.Add((ulong)reader.GetInt64(0));

            return cursors;
        },
        Token);

    private Task<long?> QueryAsync(string sql) => _store.ReadAsync(session => session.Scalar(sql), Token);

    private Task<byte[]> PartsAsync() => _store.ReadAsync(
        session =>
        {
            using SqliteDataReader reader = session.Query("SELECT parts FROM entries");
            Assert.True(reader.Read());
            return reader.GetFieldValue<byte[]>(0);
        },
        Token);

    // Behind the store's back, as a disk does.
    private async Task ChangeAsync(string sql, byte[]? bytes = null)
    {
        await using var connection = new SqliteConnection($"Data Source={_directory.Sub(SqliteStore.FileName)};Pooling=False");
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        if (bytes is not null)
            command.Parameters.AddWithValue("$bytes", bytes);

        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}

using System.Security.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>C-STOR-03: a packed row is a chain of pages. One that is overwritten costs that row at most, and the log goes on.</summary>
public sealed class SqliteChainDamageTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int Appends = 10;
    private const int BlobsPerAppend = 60;
    private const int Rows = Appends * BlobsPerAppend;

    private readonly TempDirectory _directory = new();
    private readonly Dictionary<ulong, byte[]> _envelopes = [];

    public enum Damage
    {
        Zeros,
        Ones,
        Noise,
        NoiseBehindThePointer,
    }

    public static TheoryData<Damage> Kinds => [.. Enum.GetValues<Damage>()];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Reading_OverwrittenPage_CostsItsRowAtMost(Damage kind)
    {
        await using SqliteStore store = await DamageAsync(kind);
        var log = new SqliteBlobLog(store);

        for (int reading = 0; reading < 2; reading++)
        {
            List<PageEntry> rows = await ReadAsync(log);
            Assert.Equal(Enumerable.Range(1, Rows).Select(i => (ulong)i), rows.Select(row => row.Cursor.Value));
            Assert.All(rows.Where(row => row.State == EntryState.Blob), row => Assert.Equal(_envelopes[row.Cursor.Value], row.Envelope?.ToArray()));
            Assert.InRange(rows.Count(row => row.State == EntryState.Corrupt), 3, BlobsPerAppend);
            Assert.Equal(Rows, rows.Count(row => row.State is EntryState.Blob or EntryState.Corrupt));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Trimming_OverwrittenPage_IsPassed(Damage kind)
    {
        await using SqliteStore store = await DamageAsync(kind);
        var log = new SqliteBlobLog(store);
        StoredGroup group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        for (int i = 0; i < Rows && group.Oldest.Value <= Rows; i++)
        {
            await log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = group.Version, Trim = Delivered(Rows) }, Bounded.Token());
            group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        }

        Assert.Equal((Rows + 1UL, 0L), (group.Oldest.Value, group.BytesUsed));
        await RequireGoesOnAsync(log);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Expiring_OverwrittenPage_EndsAndLeavesTheOthersExpired(Damage kind)
    {
        const ulong Later = Now + 2_000_000;
        await using SqliteStore store = await DamageAsync(kind);
        var log = new SqliteBlobLog(store);

        int expired = 0;
        while (await log.ExpireAsync(Later, 64, Bounded.Token()) is > 0 and int rows)
            expired += rows;

        Assert.InRange(expired, Rows - BlobsPerAppend, Rows);
        Assert.DoesNotContain(await ReadAsync(log, Later), row => row.State == EntryState.Blob);
        await RequireGoesOnAsync(log);
    }

    // The pages of the damaged row are nobody's, or the new ones': either way what is stored now is what is read.
    private async Task RequireGoesOnAsync(SqliteBlobLog log)
    {
        for (int i = 0; i < Appends; i++)
        {
            StoredGroup group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
            await AppendAsync(log, group.Version, group.Head.Value + 1);
        }

        for (ulong after = Rows; after < 2 * Rows;)
        {
            LogPage page = await log.PageAsync(Query(Group(1), after));
            Assert.All(page.Entries, row => Assert.Equal(_envelopes[row.Cursor.Value], row.Envelope?.ToArray()));
            after = page.Through.Value;
        }
    }

    private async Task<SqliteStore> DamageAsync(Damage kind)
    {
        await using (SqliteStore store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path }))
        {
            var log = new SqliteBlobLog(store);
            long version = await log.CreateSampleAsync(Group(1), Device(1), Device(2));
            for (int i = 0; i < Appends; i++)
                version = await AppendAsync(log, version, ((ulong)i * BlobsPerAppend) + 1);
        }

        string path = _directory.Sub(SqliteStore.FileName);
        byte[] file = await File.ReadAllBytesAsync(path);
        int page = file.AsSpan().IndexOf(_envelopes[(BlobsPerAppend * 4) + 30].AsSpan(0, 100)) / PageBytes;
        Span<byte> place = file.AsSpan(page * PageBytes, PageBytes);
        if (kind is Damage.Noise)
            RandomNumberGenerator.Fill(place);
        else if (kind is Damage.NoiseBehindThePointer)
            RandomNumberGenerator.Fill(place[sizeof(int)..]);
        else
            place.Fill(kind is Damage.Ones ? (byte)0xFF : (byte)0);

        await File.WriteAllBytesAsync(path, file);
        return SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path });
    }

    private async Task<long> AppendAsync(SqliteBlobLog log, long version, ulong first)
    {
        LogAppend append = Append(Group(1), version, Device(1), first, BlobsPerAppend);
        append = append with { Entries = [.. append.Entries.Select(entry => entry with { Envelope = _envelopes[entry.SenderSeq.Value] = RandomNumberGenerator.GetBytes(1000) })] };
        return Assert.IsType<LogWritten>(await log.AppendAsync(append, Bounded.Token())).Version;
    }

    private static async Task<List<PageEntry>> ReadAsync(SqliteBlobLog log, ulong now = Now)
    {
        var rows = new List<PageEntry>();
        for (ulong after = 0; after < Rows;)
        {
            LogPage page = await log.PageAsync(Query(Group(1), after) with { NowMs = now });
            rows.AddRange(page.Entries);
            Assert.True(page.Through.Value > after);
            after = page.Through.Value;
        }

        return rows;
    }
}

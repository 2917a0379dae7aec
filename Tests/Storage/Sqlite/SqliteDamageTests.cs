using System.Security.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>Bytes that change in the file: never served, counted, and what is beside them served.</summary>
public sealed class SqliteDamageTests : IDisposable
{
    private const int Groups = 3;
    private const int Rows = 60;

    private readonly TempDirectory _directory = new();
    private readonly Dictionary<(GroupId Group, ulong Cursor), byte[]> _envelopes = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task C_STOR_03_OneByteOfAnEnvelope_CostsThatRowAlone()
    {
        byte[] file = await FillAsync();
        int at = file.AsSpan().IndexOf(_envelopes[(Group(2), 17)]);
        file[at + 500] ^= 0x10;

        await using SqliteStore store = await OpenAsync(file);
        var log = new SqliteBlobLog(store);

        Assert.Equal((1, (Groups * Rows) - 1), await ReadAllAsync(log));
        Assert.Equal(1, (await log.GetStatisticsAsync(Bounded.Token())).CorruptRows);
        Assert.Equal((1, (Groups * Rows) - 1), await ReadAllAsync(log));
        Assert.Equal(1, (await log.GetStatisticsAsync(Bounded.Token())).CorruptRows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Reading_BytesFlippedAnywhere_ServesNothingThatIsNotWhatWasStored(int seed)
    {
        byte[] sound = await FillAsync();
        var random = new Random(seed);
        int rounds = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") is null ? 12 : 400;
        int opened = 0;
        for (int round = 0; round < rounds; round++)
        {
            byte[] file = [.. sound];
            for (int flips = random.Next(1, 20); flips > 0; flips--)
                file[random.Next(file.Length)] ^= (byte)random.Next(1, 256);

            try
            {
                await using SqliteStore store = await OpenAsync(file);
                await ReadAllAsync(new SqliteBlobLog(store));
                opened++;
            }
            catch (StorageException)
            {
                // A group's row, or the root of everything: refused, which is not served wrong.
            }
        }

        Assert.InRange(opened, rounds / 3, rounds);
    }

    // Reads every row of every group; anything served as a blob must be one, and in its place.
    private async Task<(int Corrupt, int Blobs)> ReadAllAsync(SqliteBlobLog log)
    {
        int corrupt = 0;
        int blobs = 0;
        for (byte i = 1; i <= Groups; i++)
        {
            // As far as there were rows: a damaged head may say anything.
            for (ulong after = 0; after < Rows;)
            {
                // A group whose own row is damaged may not be found any more.
                if (await log.ReadAsync(Query(Group(i), after), Bounded.Token()) is not { } page)
                    break;

                foreach (PageEntry entry in page.Entries.Where(entry => entry.State == EntryState.Blob))
                    Assert.Equal(_envelopes[(Group(i), entry.Cursor.Value)], entry.Envelope?.ToArray());

                blobs += page.Entries.Count(entry => entry.State == EntryState.Blob);
                corrupt += page.Entries.Count(entry => entry.State == EntryState.Corrupt);
                if (page.Through.Value <= after)
                    break;

                after = page.Through.Value;
            }
        }

        return (corrupt, blobs);
    }

    private async Task<byte[]> FillAsync()
    {
        using var directory = new TempDirectory();
        await using (SqliteStore store = SqliteStore.Open(new SqliteStoreOptions { Directory = directory.Path }))
        {
            var log = new SqliteBlobLog(store);
            long[] versions = new long[Groups + 1];
            for (byte i = 1; i <= Groups; i++)
                versions[i] = await log.CreateSampleAsync(Group(i), Device(1), Device(2));

            // Of the last group ten at a time: they are one row.
            for (ulong seq = 1; seq <= Rows; seq++)
            {
                for (byte i = 1; i < Groups; i++)
                    versions[i] = await AppendAsync(log, i, versions[i], seq, 1);

                if (seq % 10 == 0)
                    versions[Groups] = await AppendAsync(log, Groups, versions[Groups], seq - 9, 10);
            }
        }

        return await File.ReadAllBytesAsync(directory.Sub(SqliteStore.FileName));
    }

    private async Task<long> AppendAsync(SqliteBlobLog log, byte group, long version, ulong first, int count)
    {
        LogAppend append = Append(Group(group), version, Device(1), first, count);
        append = append with { Entries = [.. append.Entries.Select(entry => entry with { Envelope = _envelopes[(Group(group), entry.SenderSeq.Value)] = RandomNumberGenerator.GetBytes(1000) })] };
        return Assert.IsType<LogWritten>(await log.AppendAsync(append, Bounded.Token())).Version;
    }

    private async Task<SqliteStore> OpenAsync(byte[] file)
    {
        string directory = _directory.Sub(Convert.ToHexString(RandomNumberGenerator.GetBytes(4)));
        Directory.CreateDirectory(directory);
        await File.WriteAllBytesAsync(Path.Combine(directory, SqliteStore.FileName), file);
        return SqliteStore.Open(new SqliteStoreOptions { Directory = directory });
    }
}

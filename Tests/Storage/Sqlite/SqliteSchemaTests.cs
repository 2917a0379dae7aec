using System.IO.Hashing;
using Microsoft.Data.Sqlite;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>Versions of the database, and what its statements cost.</summary>
public sealed partial class SqliteSchemaTests : IDisposable
{
    private static readonly string[] Verbs = ["SELECT", "UPDATE", "INSERT", "DELETE"];

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Open_DatabaseOfVersion1_KeepsItsRowsRingsAndDamage()
    {
        await WriteVersion1Async();

        await using SqliteStore store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path });
        var log = new SqliteBlobLog(store);

        LogPage page = await log.PageAsync(Query(Group(1), 0));
        Assert.Equal([EntryState.Blob, EntryState.Corrupt, EntryState.Expired], page.Entries.Select(entry => entry.State));
        Assert.Equal(Envelope(1), page.Entries[0].Envelope?.ToArray());
        StoredGroup group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        Assert.Equal([(1UL, 1UL, 7UL), (2UL, 2UL, 7UL), (3UL, 3UL, 8UL)], group.Devices[0].Ring.Select(row => (row.SenderSeq.Value, row.Cursor.Value, row.TimestampMs)));
        Assert.Equal(BlobId.Read([.. Enumerable.Repeat((byte)2, 16)]), group.Devices[0].Ring[1].BlobId);
        Assert.True(await log.GetStatisticsAsync(Bounded.Token()) is { Groups: 1, Rows: 3, CorruptRows: 1 });
        Assert.True((await log.VerifyAsync(Bounded.Token())).IsSound);
    }

    [Fact]
    public async Task Operations_DatabaseOfVersion1_SayThatItHasToBeBroughtUpAndCopyIt()
    {
        await WriteVersion1Async();
        var operations = new SqliteOperations(new SqliteStoreOptions { Directory = _directory.Path });

        foreach (Func<Task> operation in (Func<Task>[])[() => operations.VerifyAsync(Bounded.Token()), () => operations.GetStatisticsAsync(Bounded.Token())])
            Assert.Contains("The database has version 1", (await Assert.ThrowsAsync<StorageException>(operation)).Message, StringComparison.Ordinal);

        await operations.BackupAsync(_directory.Sub("backup.db"), Bounded.Token());
        await SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path }).DisposeAsync();
        Assert.True(await operations.GetStatisticsAsync(Bounded.Token()) is { Groups: 1, Rows: 3 });
    }

    [Fact]
    public async Task Open_DatabaseOfALaterProgram_IsRefusedAndLeft()
    {
        await SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path }).DisposeAsync();
        await ExecuteAsync($"PRAGMA user_version = {SqliteSchema.Version + 1}");

        var exception = Assert.Throws<StorageException>(() => SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path }));

        Assert.Equal(StorageErrorKind.CannotOpen, exception.Kind);
        Assert.Contains("newer", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA application_id = 7")]
    [InlineData("DELETE FROM totals")]
    [InlineData("DROP TABLE audit")]
    public async Task Open_DatabaseThatIsPlainlyBroken_IsRefused(string damage)
    {
        await SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path }).DisposeAsync();
        await ExecuteAsync(damage);

        Assert.Equal(StorageErrorKind.CannotOpen, Assert.Throws<StorageException>(() => SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path })).Kind);
    }

    [Fact]
    public async Task Statements_OfEveryDay_ScanNoTable()
    {
        await using SqliteStore store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path, Readers = 1 });
        var log = new SqliteBlobLog(store);
        long version = await log.CreateSampleAsync(Group(1), Device(1), Device(2));
        version = await log.AppendSampleAsync(Group(1), version, Device(1), 1, 1199);
        version = await log.AppendSampleAsync(Group(1), version, Device(1), 1200, 1);
        version = Assert.IsType<LogWritten>(await log.AppendAsync(Append(Group(1), version, Device(1), 1201, 1) with { BytesMax = 1 << 20, MakeRoom = Delivered(900) }, Bounded.Token())).Version;
        version = Assert.IsType<LogWritten>(await log.MarkAsync(Deletion(Group(1), version, 1000) with { Audit = AuditKind.Deleted }, Bounded.Token())).Version;
        await log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = Delivered(950), Proved = [new WrapsProved(Device(1), default)] }, Bounded.Token());
        await log.ExpireAsync(Now + 2_000_000, 10, Bounded.Token());
        await log.SweepAsync(new SweepRequest { After = 0, GroupsMax = 10, RowsMax = 10, StoredThroughMs = Now, HolesThroughMs = Now + 2_000_000 }, Bounded.Token());
        await log.PageAsync(Query(Group(1), 0));
        await log.FindAsync(Group(1), new Cursor(1100), Now, Bounded.Token());
        await log.ReadRotationsAsync(Group(1), Device(1), default, Bounded.Token());
        await log.ReadAuditAsync(Group(1), Bounded.Token());
        await log.GetStatisticsAsync(Group(1), Bounded.Token());
        await log.GetStatisticsAsync(Bounded.Token());
        var states = new SqliteGrainStateStore(store);
        await states.ClearAsync("n", "k", await states.WriteAsync("n", "k", null, new byte[1], Bounded.Token()), Bounded.Token());

        List<string> plans = [.. await store.WriteAsync(Plans, Bounded.Token()), .. await store.ReadAsync(Plans, Bounded.Token())];

        Assert.InRange(plans.Count, 25, 200);
        Assert.Contains(plans, plan => plan.Contains("entries_by_cursor", StringComparison.Ordinal));
        // Of unsettled appends there are few, and all are taken.
        Assert.Contains(plans, plan => plan.StartsWith("SCAN unsettled", StringComparison.Ordinal));
        Assert.DoesNotContain(plans, plan => plan.Contains("SCAN", StringComparison.Ordinal) && !plan.StartsWith("SCAN CONSTANT ROW", StringComparison.Ordinal) && !plan.StartsWith("SCAN unsettled", StringComparison.Ordinal));
        Assert.DoesNotContain(plans, plan => plan.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    private static List<string> Plans(SqliteSession session)
    {
        var plans = new List<string>();
        foreach (string sql in session.Statements.Where(sql => Verbs.Any(verb => sql.TrimStart().StartsWith(verb, StringComparison.Ordinal))))
        {
            using SqliteCommand command = session.Unprepared("EXPLAIN QUERY PLAN " + sql);
            // The plan does not depend on values, and the driver asks for all of them.
            foreach (string name in Parameter().Matches(sql).Select(match => match.Value).Distinct())
                command.Parameters.AddWithValue(name, DBNull.Value);

            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
                plans.Add($"{reader.GetString(3)} in {sql}");
        }

        return plans;
    }

    // As version 1 wrote it: the checksum of the envelope alone, and a ring row of 40 bytes.
    private async Task WriteVersion1Async()
    {
        using (var connection = new SqliteConnection($"Data Source={_directory.Sub(SqliteStore.FileName)};Pooling=False"))
        {
            connection.Open();
            SqliteSchema.Migrate(connection, 1);
        }

        await ExecuteAsync("INSERT INTO groups VALUES (1, $g, 4, zeroblob(16), zeroblob(32), x'', 1, 3, 2048)", ("$g", Group(1).ToArray()));
        await ExecuteAsync("INSERT INTO devices VALUES (1, 1, $d, x'01', 0, 3, zeroblob(32), 7, 8, NULL)", ("$d", Device(1).ToArray()));
        await ExecuteAsync("INSERT INTO ring_segments VALUES (1, 2, $e)", ("$e", (byte[])[.. Ring(1, 7), .. Ring(2, 7)]));
        await ExecuteAsync("INSERT INTO ring_segments VALUES (1, 3, $e)", ("$e", Ring(3, 8)));
        for (byte i = 1; i <= 3; i++)
        {
            long checksum = unchecked((long)XxHash3.HashToUInt64(Envelope(i)));
            await ExecuteAsync(
                "INSERT INTO entries VALUES ($c, 1, $c, $s, 7, $d, $b, 0, $c, $c, 7, 9999999999999, $z, $x, NULL, $e)",
                ("$c", (long)i),
                ("$s", i == 3 ? 2L : 0L),
                ("$d", Device(1).ToArray()),
                ("$b", Enumerable.Repeat(i, 16).ToArray()),
                ("$z", i == 3 ? 0L : 1024L),
                ("$x", i == 2 ? checksum + 1 : checksum),
                ("$e", i == 3 ? null : Envelope(i)));
        }
    }

    private static byte[] Ring(byte number, byte time) =>
        [0, 0, 0, 0, 0, 0, 0, number, .. Enumerable.Repeat(number, 16), 0, 0, 0, 0, 0, 0, 0, number, 0, 0, 0, 0, 0, 0, 0, time];

    private async Task ExecuteAsync(string sql, params (string Name, object? Value)[] values)
    {
        await using var connection = new SqliteConnection($"Data Source={_directory.Sub(SqliteStore.FileName)};Pooling=False");
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object? value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);

        await command.ExecuteNonQueryAsync();
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\$\w+")]
    private static partial System.Text.RegularExpressions.Regex Parameter();
}

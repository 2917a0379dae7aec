using Microsoft.Data.Sqlite;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.Storage.Sqlite.Interop;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Storage.Sqlite.Faults;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>The layer that writes a transaction's frames together: fewer calls, and nobody sees a difference.</summary>
public sealed class CoalescingVfsTests : IDisposable
{
    private const int Rows = 300;

    private readonly TempDirectory _directory = new();

    private string File => Path.Combine(_directory.Path, "some.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task AppendAsync_ManyPages_WritesTheLogInAFewPortions()
    {
        FaultVfs vfs = FaultVfs.Register("zks-portions");
        await using SqliteStore store = SqliteStore.Open(new SqliteStoreOptions { Directory = _directory.Path, Vfs = vfs.Name });
        var log = new SqliteBlobLog(store);
        long version = await log.CreateSampleAsync(Group(1), Device(1));
        version = await log.AppendSampleAsync(Group(1), version, Device(1), 1, 1);
        int before = vfs.Disk.LogWrites;
        await log.AppendSampleAsync(Group(1), version, Device(1), 2, Rows);

        // Three rows a page: a hundred pages and more, of which one by one each is two writes.
        Assert.InRange(vfs.Disk.LogWrites - before, 1, 12);
    }

    [Theory]
    [InlineData("OFF")]
    [InlineData("NORMAL")]
    [InlineData("FULL")]
    public void Commit_WhateverIsSynced_IsSeenByOthersAtOnce(string synchronous)
    {
        using SqliteConnection writer = Open(CoalescingVfs.Over(null));
        Execute(writer, $"PRAGMA synchronous = {synchronous}; PRAGMA wal_autocheckpoint = 20; CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB)");
        using SqliteConnection reader = Open(null);
        for (int commit = 1; commit <= 40; commit++)
        {
            Execute(writer, $"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {commit}) INSERT INTO rows (body) SELECT zeroblob(3000) FROM n");
            Assert.Equal(commit * (commit + 1) / 2, Read(reader, "SELECT COUNT(*) FROM rows WHERE length(body) = 3000"));
        }

        Assert.Equal("ok", ReadText(reader, "PRAGMA integrity_check"));
    }

    // What does not fit the cache goes to the log before the commit, is read back from there, and may be given up.
    [Theory]
    [InlineData("COMMIT", 150_000)]
    [InlineData("ROLLBACK", 0)]
    public void Transaction_LargerThanTheCache_ReadsItsOwnFramesBack(string end, long expected)
    {
        using SqliteConnection writer = Open(CoalescingVfs.Over(null));
        Execute(writer, "PRAGMA cache_size = 10; CREATE TABLE rows (id INTEGER PRIMARY KEY, number INTEGER, body BLOB)");
        Execute(writer, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO rows (number, body) SELECT 0, randomblob(3000) FROM n");
        Execute(writer, "BEGIN");
        for (int turn = 1; turn <= 5; turn++)
        {
            // More pages than the cache holds: the first of them are in the log when the last are changed.
            Execute(writer, "UPDATE rows SET number = number + 1000 WHERE id <= 30");
            Assert.Equal(turn * 30_000, Read(writer, "SELECT SUM(number) FROM rows WHERE length(body) = 3000"));
        }

        Execute(writer, end);
        Execute(writer, "UPDATE rows SET number = number");

        using SqliteConnection reader = Open(null);
        Assert.Equal(expected, Read(reader, "SELECT SUM(number) FROM rows WHERE length(body) = 3000"));
        Assert.Equal("ok", ReadText(reader, "PRAGMA integrity_check"));
    }

    [Fact]
    public void Over_LayerThatIsNotThere_IsRefused() => Assert.Throws<ArgumentException>(() => CoalescingVfs.Over("zks-nowhere"));

    private SqliteConnection Open(string? vfs)
    {
        var builder = new SqliteConnectionStringBuilder { DataSource = File, Pooling = false };
        if (vfs is not null)
            builder.Vfs = vfs;

        var connection = new SqliteConnection(builder.ToString());
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL");
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Read(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static string ReadText(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (string)command.ExecuteScalar()!;
    }
}

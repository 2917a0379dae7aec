using Npgsql;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage;
using ZeroKSync.Storage.PostgreSql;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.PostgreSql;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.PostgreSql;

/// <summary>What a relay asks of a server before it trusts it, and what an operator asks of a database.</summary>
public sealed class PostgreSqlStoreTests(PostgreSqlFixture fixture)
{
    [Fact]
    public async Task OpenAsync_SeveralRelaysAtOnceOnAnEmptyDatabase_MigrateItOnce()
    {
        string database = await fixture.CreateDatabaseAsync();

        PostgreSqlStore[] stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostgreSqlFixture.OpenAsync(database)));

        long version = await new PostgreSqlBlobLog(stores[0]).CreateSampleAsync(Group(1), Device(1));
        await new PostgreSqlBlobLog(stores[3]).AppendSampleAsync(Group(1), version, Device(1), 1, 1);
        foreach (PostgreSqlStore store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task OpenAsync_DatabaseOfALaterProgram_IsRefused()
    {
        string database = await fixture.CreateDatabaseAsync();
        await (await PostgreSqlFixture.OpenAsync(database)).DisposeAsync();
        await PostgreSqlFixture.ExecuteAsync(database, "INSERT INTO zks_migrations (version) VALUES (1000)");

        var exception = await Assert.ThrowsAsync<StorageException>(() => PostgreSqlFixture.OpenAsync(database));

        Assert.Equal(StorageErrorKind.CannotOpen, exception.Kind);
        Assert.Contains("1000", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_RoleThatDoesNotSync_SyncsAllTheSame()
    {
        string database = await fixture.CreateDatabaseAsync();
        string name = new NpgsqlConnectionStringBuilder(database).Database!;
        await PostgreSqlFixture.ExecuteAsync(database, $"ALTER DATABASE {name} SET synchronous_commit = off");

        await using PostgreSqlStore store = await PostgreSqlFixture.OpenAsync(database);

        string setting = await store.ReadAsync(
            async connection => (await Sql.QueryAsync(connection, reader => reader.GetString(0), "SHOW synchronous_commit"))[0], Bounded.Token());
        Assert.Equal("on", setting);
    }

    [Theory]
    [InlineData("fsync=off", "fsync")]
    [InlineData("full_page_writes=off", "full_page_writes")]
    public async Task OpenAsync_ServerThatCanLoseWhatItCommitted_IsRefused(string setting, string named)
    {
        await fixture.ServerAsync();
        await using PostgreSqlServer server = await PostgreSqlServer.StartAsync(setting);

        var exception = await Assert.ThrowsAsync<StorageException>(() => PostgreSqlFixture.OpenAsync(server.ConnectionString("postgres")));

        Assert.Equal(StorageErrorKind.CannotOpen, exception.Kind);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=canary.invalid;Username=canary;Password=canary;Database=canary;Timeout=2")]
    [InlineData("Host=canary;Port=canary")]
    [InlineData("canary=canary")]
    public async Task OpenAsync_ConnectionStringThatLeadsNowhere_SaysNothingOfIt(string connectionString)
    {
        var exception = await Assert.ThrowsAsync<StorageException>(() => PostgreSqlFixture.OpenAsync(connectionString));

        Assert.Equal(StorageErrorKind.CannotOpen, exception.Kind);
        Assert.DoesNotContain("canary", exception.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("canary", new PostgreSqlStoreOptions { ConnectionString = connectionString }.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task R_ROLL_DumpReadIntoAnotherDatabase_HasNewEpochsWhenItIsOpened()
    {
        PostgreSqlServer server = await fixture.ServerAsync();
        string database = await fixture.CreateDatabaseAsync();
        StoredGroup before;
        await using (PostgreSqlStore store = await PostgreSqlFixture.OpenAsync(database))
        {
            var log = new PostgreSqlBlobLog(store);
            long version = await log.CreateSampleAsync(Group(1), Device(1));
            await log.AppendSampleAsync(Group(1), version, Device(1), 1, 5);
            before = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        }

        using var directory = new TempDirectory();
        string restored = await fixture.CreateDatabaseAsync();
        await PostgreSqlServer.ToolAsync("pg_dump", "-Fc", "-f", directory.Sub("dump"), "-h", server.Socket, "-U", "zks", Name(database));
        await PostgreSqlServer.ToolAsync("pg_restore", "--exit-on-error", "-h", server.Socket, "-U", "zks", "-d", Name(restored), directory.Sub("dump"));

        await using PostgreSqlStore copy = await PostgreSqlFixture.OpenAsync(restored);
        await using PostgreSqlStore original = await PostgreSqlFixture.OpenAsync(database);

        StoredGroup after = (await new PostgreSqlBlobLog(copy).LoadAsync(Group(1), Bounded.Token()))!;
        Assert.NotEqual(before.RelayEpoch, after.RelayEpoch);
        Assert.Equal((before.Version + 1, 5UL), (after.Version, after.Head.Value));
        Assert.True((await new PostgreSqlBlobLog(copy).VerifyAsync(Bounded.Token())).IsSound);
        Assert.Equal(before.RelayEpoch, (await new PostgreSqlBlobLog(original).LoadAsync(Group(1), Bounded.Token()))!.RelayEpoch);
    }

    [Fact]
    public async Task Operations_OnADatabase_RenewTrimAndVerify()
    {
        string database = await fixture.CreateDatabaseAsync();
        await using PostgreSqlStore store = await PostgreSqlFixture.OpenAsync(database);
        var log = new PostgreSqlBlobLog(store);
        long version = await log.CreateSampleAsync(Group(1), Device(1), Device(2));
        version = await log.AppendSampleAsync(Group(1), version, Device(1), 1, 50);
        StoredDevice acked = NewGroup(Group(1), Device(2)).Devices[0] with { Acked = new Cursor(20) };
        await log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Devices = [acked] }, Bounded.Token());
        StoredGroup before = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        var operations = new PostgreSqlOperations(new PostgreSqlStoreOptions { ConnectionString = database }, TestClock.System);

        Assert.Equal(1, await operations.RenewEpochsAsync(Bounded.Token()));
        TrimOutcome outcome = await operations.TrimAsync(new TrimPolicy(Now + 2_000_000, TimeSpan.Zero, TimeSpan.FromDays(30)), Bounded.Token());

        Assert.Equal(new TrimOutcome(30, 20, 0), outcome);
        StoredGroup after = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        Assert.NotEqual(before.RelayEpoch, after.RelayEpoch);
        Assert.Equal(21UL, after.Oldest.Value);
        Assert.True(await operations.VerifyAsync(Bounded.Token()) is { IsSound: true, Rows: 30 });
        Assert.True(await operations.GetStatisticsAsync(Bounded.Token()) is { Groups: 1, Rows: 30, BytesUsed: 0 });
        // A running activation is fenced by it.
        Assert.IsType<LogFenced>(await log.AppendAsync(Append(Group(1), before.Version, Device(1), 51, 1), Bounded.Token()));
    }

    [Fact]
    public async Task AppendAsync_CommitRefused_IsNotAcknowledgedAndOthersAre()
    {
        string database = await fixture.CreateDatabaseAsync();
        await using PostgreSqlStore store = await PostgreSqlFixture.OpenAsync(database);
        var log = new PostgreSqlBlobLog(store);
        long first = await log.CreateSampleAsync(Group(1), Device(1));
        long second = await log.CreateSampleAsync(Group(2), Device(1));
        // A rule that the server looks at when it commits, after the last row of every statement has gone out.
        await PostgreSqlFixture.ExecuteAsync(
            database,
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.sender_seq = 3 THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$;
            CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
            """);

        Task<LogWriteResult> refused = log.AppendAsync(Append(Group(1), first, Device(1), 3, 1), Bounded.Token());
        Task<LogWriteResult> accepted = log.AppendAsync(Append(Group(2), second, Device(1), 1, 1), Bounded.Token());

        await Assert.ThrowsAsync<StorageException>(() => refused);
        Assert.Equal(1UL, Assert.IsType<LogWritten>(await accepted).Head.Value);
        Assert.Equal(0UL, (await log.LoadAsync(Group(1), Bounded.Token()))!.Head.Value);
    }

    [Fact]
    public async Task AppendAsync_ServerKilledAndStartedAgain_HasWhatWasAcknowledged()
    {
        await fixture.ServerAsync();
        await using PostgreSqlServer server = await PostgreSqlServer.StartAsync();
        await using PostgreSqlStore store = await PostgreSqlFixture.OpenAsync(server.ConnectionString("postgres"));
        var log = new PostgreSqlBlobLog(store);
        long version = await log.CreateSampleAsync(Group(1), Device(1));
        ulong acked = 0;
        Task? restart = null;
        StorageException? failed = null;
        while (failed is null)
        {
            try
            {
                // Fenced: the one that was under way had been committed after all.
                if (await log.AppendAsync(Append(Group(1), version, Device(1), acked + 1, 1), Bounded.Token()) is not LogWritten written)
                    break;

                version = written.Version;
                acked++;
            }
            catch (StorageException exception)
            {
                failed = exception;
            }

            if (acked == 50)
                restart ??= server.CrashAndStartAsync();
        }

        await restart!.Within(TimeSpan.FromSeconds(60));
        Assert.True(failed is null or { Kind: StorageErrorKind.Unavailable });
        StoredGroup group = (await log.LoadAsync(Group(1), Bounded.Token()))!;
        // The one whose outcome nobody knows may be there or not.
        Assert.InRange(group.Head.Value, acked, acked + 1);
        Assert.True((await log.VerifyAsync(Bounded.Token())).IsSound);
        Assert.Equal(group.Head.Value + 1, Assert.IsType<LogWritten>(await log.AppendAsync(
            Append(Group(1), group.Version, Device(1), group.Head.Value + 1, 1), Bounded.Token())).Head.Value);
    }

    private static string Name(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;
}

using Microsoft.Data.Sqlite;
using ZeroKSync.Storage.Sqlite;

namespace ZeroKSync.Tests.Storage.Sqlite;

public sealed class SqliteStatementTests : IDisposable
{
    private const string Insert = "INSERT INTO rows (id, number, bytes, text) VALUES ($id, $number, $bytes, $text)";

    private readonly SqliteConnection _connection;
    private readonly SqliteSession _session;

    static SqliteStatementTests() => SQLitePCL.Batteries_V2.Init();

    public SqliteStatementTests()
    {
        _connection = new SqliteConnection("Data Source=:memory:");
        _connection.Open();
        _session = new SqliteSession(_connection);
        _session.Execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, number INTEGER, bytes BLOB, text TEXT) STRICT");
    }

    [Fact]
    public void Execute_EveryKindOfValue_IsStoredAsItIs()
    {
        byte[] bytes = [1, 0, 2];
        Add(1, long.MinValue, bytes, "ä");
        Add(2, null, new ReadOnlyMemory<byte>(bytes, 1, 2), null);
        Add(3, 3L, Array.Empty<byte>(), string.Empty);

        using SqliteDataReader rows = _session.Query("SELECT number, bytes, text FROM rows ORDER BY id");
        Assert.True(rows.Read());
        Assert.Equal(long.MinValue, rows.GetInt64(0));
        Assert.Equal(bytes, rows.GetFieldValue<byte[]>(1));
        Assert.Equal("ä", rows.GetString(2));
        Assert.True(rows.Read());
        Assert.True(rows.IsDBNull(0));
        Assert.Equal(bytes[1..], rows.GetFieldValue<byte[]>(1));
        Assert.True(rows.IsDBNull(2));
        Assert.True(rows.Read());
        Assert.False(rows.IsDBNull(1));
        Assert.Empty(rows.GetFieldValue<byte[]>(1));
    }

    [Fact]
    public void Execute_Change_SaysHowManyRows()
    {
        Add(1, 1L, null, null);
        Add(2, 1L, null, null);

        Assert.Equal(2, _session.Execute("UPDATE rows SET number = $to WHERE number = $from", ("$to", 2L), ("$from", 1L)));
        Assert.Equal(0, _session.Execute("UPDATE rows SET number = $to WHERE number = $from", ("$to", 2L), ("$from", 1L)));
    }

    [Fact]
    public void Execute_AfterAFailure_WorksAgain()
    {
        Add(1, 1L, null, null);

        Assert.Throws<SqliteException>(() => Add(1, 1L, null, null));
        Assert.Equal(1, Add(2, 1L, null, null));
    }

    [Fact]
    public void Execute_NameThatTheStatementDoesNotHave_IsRefused() =>
        Assert.Throws<ArgumentException>(() => _session.Execute("DELETE FROM rows WHERE id = $id", ("$other", 1L)));

    public void Dispose() => _session.Dispose();

    private int Add(long id, object? number, object? bytes, object? text) => _session.Execute(Insert, ("$id", id), ("$number", number), ("$bytes", bytes), ("$text", text));
}

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
        Add(2, default, new ReadOnlyMemory<byte>(bytes, 1, 2), default);
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
    public void Execute_ValuesThatChangeOrStay_AreThoseOfTheRun()
    {
        // A statement keeps its values, and binds those anew that are not what they were: of whatever kind.
        SqlValue[] numbers = [7, 7, default, 7, 8, default, default, 8, 7];
        for (int i = 0; i < numbers.Length; i++)
            Add(i, numbers[i], default, default);

        using SqliteDataReader rows = _session.Query("SELECT number FROM rows ORDER BY id");
        foreach (SqlValue number in numbers)
        {
            Assert.True(rows.Read());
            Assert.Equal(number.ToObject(), rows.GetValue(0));
        }
    }

    [Fact]
    public void Execute_AfterAFailure_BindsWhatChanged()
    {
        Add(1, 5, default, default);
        Assert.Throws<SqliteException>(() => Add(1, 6, default, default));
        Add(2, 6, default, default);
        Add(3, 5, default, default);

        Assert.Equal([5L, 6L, 5L], Enumerable.Range(1, 3).Select(id => _session.Scalar("SELECT number FROM rows WHERE id = $id", ("$id", (long)id))!.Value));
    }

    [Fact]
    public void Execute_Change_SaysHowManyRows()
    {
        Add(1, 1L, default, default);
        Add(2, 1L, default, default);

        Assert.Equal(2, _session.Execute("UPDATE rows SET number = $to WHERE number = $from", ("$to", 2L), ("$from", 1L)));
        Assert.Equal(0, _session.Execute("UPDATE rows SET number = $to WHERE number = $from", ("$to", 2L), ("$from", 1L)));
    }

    [Fact]
    public void Execute_AfterAFailure_WorksAgain()
    {
        Add(1, 1L, default, default);

        Assert.Throws<SqliteException>(() => Add(1, 1L, default, default));
        Assert.Equal(1, Add(2, 1L, default, default));
    }

    [Fact]
    public void Execute_NameThatTheStatementDoesNotHave_IsRefused() =>
        Assert.Throws<ArgumentException>(() => _session.Execute("DELETE FROM rows WHERE id = $id", ("$other", 1L)));

    public void Dispose() => _session.Dispose();

    private int Add(long id, SqlValue number, SqlValue bytes, SqlValue text) => _session.Execute(Insert, ("$id", id), ("$number", number), ("$bytes", bytes), ("$text", text));
}

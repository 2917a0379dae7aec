using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// A prepared statement that is run for its effect, and for some integers at most. An append runs one for each blob, and the driver's command costs it
/// more than SQLite does: it looks up each parameter's name, and makes a reader, each time.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly int[] _places;

    /// <param name="connection">Open; stays the caller's.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="values">Their names are the parameters, in the order of every <see cref="Execute"/>.</param>
    public SqliteStatement(SqliteConnection connection, string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        _connection = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v3(_connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _places = new int[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            _places[i] = raw.sqlite3_bind_parameter_index(_statement, values[i].Name);
            if (_places[i] == 0)
                throw new ArgumentException("The statement has no such parameter.", nameof(values));
        }
    }

    /// <summary>Runs it to its end and returns how many rows it changed, where it is one that changes rows.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public int Execute(ReadOnlySpan<(string Name, object? Value)> values) => Run(values, row: []).Changes;

    /// <summary>Runs it to its end, for the integers of the one row that it returns at most. False, and nothing is written there, where it returns none.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public bool TryRead(ReadOnlySpan<(string Name, object? Value)> values, Span<long> row) => Run(values, row).HasRow;

    public void Dispose() => _statement.Dispose();

    private (int Changes, bool HasRow) Run(ReadOnlySpan<(string Name, object? Value)> values, Span<long> row)
    {
        bool hasRow = false;
        try
        {
            for (int i = 0; i < values.Length; i++)
                Check(Bind(_places[i], values[i].Value));

            int result;
            while ((result = raw.sqlite3_step(_statement)) == raw.SQLITE_ROW)
            {
                for (int i = 0; i < row.Length; i++)
                    row[i] = raw.sqlite3_column_int64(_statement, i);

                hasRow = true;
            }

            Check(result);
            return (raw.sqlite3_changes(_connection), hasRow);
        }
        finally
        {
            // What went wrong was said by the step.
            raw.sqlite3_reset(_statement);
        }
    }

    // SQLite copies what it is given: nothing of the caller's is kept until the next run.
    private int Bind(int place, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_statement, place),
        long number => raw.sqlite3_bind_int64(_statement, place, number),
        byte[] bytes => Bind(place, bytes),
        ReadOnlyMemory<byte> memory => Bind(place, memory.Span),
        string text => raw.sqlite3_bind_text(_statement, place, text),
        _ => throw new ArgumentException("No column has such a value.", nameof(value)),
    };

    // An empty span has no address, and would be taken for null.
    private int Bind(int place, ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, place, 0) : raw.sqlite3_bind_blob(_statement, place, bytes);

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection);
}

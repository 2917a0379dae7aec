using Microsoft.Data.Sqlite;
using SQLitePCL;
using ZeroKSync.Storage.Sqlite.Interop;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// A prepared statement that is run for its effect, and for some integers at most. An append runs one for each blob, and the driver's command costs it
/// more than SQLite does: it looks up each parameter's name, and makes a reader, each time.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly nint _handle;
    private readonly int[] _places;

    // What is bound at each place, where it is an integer.
    private readonly long?[] _integers;

    /// <param name="connection">Open; stays the caller's.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="values">Their names are the parameters, in the order of every <see cref="Execute"/>.</param>
    public SqliteStatement(SqliteConnection connection, string sql, ReadOnlySpan<(string Name, SqlValue Value)> values)
    {
        _connection = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v3(_connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _handle = _statement.DangerousGetHandle();
        _places = new int[values.Length];
        _integers = new long?[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            _places[i] = raw.sqlite3_bind_parameter_index(_statement, values[i].Name);
            if (_places[i] == 0)
                throw new ArgumentException("The statement has no such parameter.", nameof(values));
        }
    }

    /// <summary>Runs it to its end and returns how many rows it changed, where it is one that changes rows.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public int Execute(ReadOnlySpan<(string Name, SqlValue Value)> values) => Run(values, row: []).Changes;

    /// <summary>Runs it to its end, for the integers of the one row that it returns at most. False, and nothing is written there, where it returns none.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public bool TryRead(ReadOnlySpan<(string Name, SqlValue Value)> values, Span<long> row) => Run(values, row).HasRow;

    public void Dispose() => _statement.Dispose();

    private (int Changes, bool HasRow) Run(ReadOnlySpan<(string Name, SqlValue Value)> values, Span<long> row)
    {
        bool hasRow = false;
        try
        {
            for (int i = 0; i < values.Length; i++)
                Bind(i, values[i].Value);

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

    private void Bind(int i, in SqlValue value)
    {
        if (value.Kind is SqlKind.Integer)
        {
            // A statement keeps its values from run to run, and most integers of an append are those of the row before.
            if (_integers[i] == value.Number)
                return;

            _integers[i] = null;
            Check(Bindings.BindInteger(_handle, _places[i], value.Number));
            _integers[i] = value.Number;
            return;
        }

        _integers[i] = null;
        Check(BindOther(_places[i], value));
    }

    // SQLite copies what it is given: nothing of the caller's is kept until the next run. Empty bytes are not null.
    private int BindOther(int place, in SqlValue value) => value.Kind switch
    {
        SqlKind.Blob when value.Bytes.IsEmpty => raw.sqlite3_bind_zeroblob(_statement, place, 0),
        SqlKind.Blob => Bindings.BindBlob(_handle, place, value.Bytes),
        SqlKind.Text => raw.sqlite3_bind_text(_statement, place, value.Text),
        _ => raw.sqlite3_bind_null(_statement, place),
    };

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection);
}

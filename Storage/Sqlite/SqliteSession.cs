using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// One connection with its prepared statements, used by one thread. Statements are kept by their text, so each is parsed once.
/// </summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _prepared = [];
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    /// <summary>What a writing thread remembers of the database between transactions; emptied when one is rolled back.</summary>
    public RowIds RowIds { get; } = new();

    /// <summary>What the transaction changes of the store's totals.</summary>
    public SqliteTotals Totals { get; } = new();

    /// <summary>Appends that are not yet where they belong. A reading thread's is empty: it reads what is settled.</summary>
    public UnsettledGroups Unsettled { get; } = new();

    /// <summary>What a writing thread found damaged; not forgotten when a transaction is rolled back, which is what damage leads to.</summary>
    public KnownDamage Damage { get; } = new();

    /// <summary>Whether rows went since free pages were last given back.</summary>
    public bool HasFreedPages { get; set; }

    /// <summary>Every statement that was run here.</summary>
    public IReadOnlyCollection<string> Statements => [.. _prepared.Keys, .. _statements.Keys];

    /// <summary>A statement that is run once.</summary>
    public SqliteCommand Unprepared(string sql)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    public SqliteCommand Prepare(string sql, params ReadOnlySpan<(string Name, SqlValue Value)> values)
    {
        if (!_prepared.TryGetValue(sql, out SqliteCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            foreach ((string name, _) in values)
                command.Parameters.Add(new SqliteParameter { ParameterName = name });

            _prepared.Add(sql, command);
        }

        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i].Value.ToObject();

        return command;
    }

    /// <summary>Runs a statement for its effect; how many rows it changed, where it changes rows.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, SqlValue Value)> values) => Statement(sql, values).Execute(values);

    /// <summary>Runs a statement for the integers of the one row that it returns at most; false where it returns none.</summary>
    public bool TryRead(string sql, Span<long> row, params ReadOnlySpan<(string Name, SqlValue Value)> values) => Statement(sql, values).TryRead(values, row);

    public long? Scalar(string sql, params ReadOnlySpan<(string Name, SqlValue Value)> values) => Prepare(sql, values).ExecuteScalar() as long?;

    public SqliteDataReader Query(string sql, params ReadOnlySpan<(string Name, SqlValue Value)> values) => Prepare(sql, values).ExecuteReader();

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>The rowid of the last insert.</summary>
    public long LastRowId() => Scalar("SELECT last_insert_rowid()") ?? 0;

    /// <summary>Pages that this connection wrote since the last call.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(connection.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out int pages, out _, 1);
        return pages;
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _prepared.Values)
            command.Dispose();

        foreach (SqliteStatement statement in _statements.Values)
            statement.Dispose();

        connection.Dispose();
    }

    private SqliteStatement Statement(string sql, ReadOnlySpan<(string Name, SqlValue Value)> values)
    {
        if (!_statements.TryGetValue(sql, out SqliteStatement? statement))
        {
            statement = new SqliteStatement(connection, sql, values);
            _statements.Add(sql, statement);
        }

        return statement;
    }
}

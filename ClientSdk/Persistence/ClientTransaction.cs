using Microsoft.Data.Sqlite;

namespace ZeroKSync.Client.Persistence;

/// <summary>The tables, inside a transaction. Statements are prepared once; used on the store's thread alone.</summary>
internal sealed class ClientTransaction : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    public ClientTransaction(SqliteConnection connection)
    {
        _connection = connection;
        Settings = new SettingsTable(this);
        Relays = new RelayTable(this);
        Outbox = new OutboxTable(this);
        Voids = new VoidTable(this);
        Inbox = new InboxTable(this);
        Vector = new VectorTable(this);
        Claims = new ClaimTable(this);
        Confirmations = new ConfirmationTable(this);
        KeptSecrets = new KeptSecretTable(this);
    }

    public SettingsTable Settings { get; }

    public RelayTable Relays { get; }

    public OutboxTable Outbox { get; }

    public VoidTable Voids { get; }

    public InboxTable Inbox { get; }

    public VectorTable Vector { get; }

    public ClaimTable Claims { get; }

    public ConfirmationTable Confirmations { get; }

    public KeptSecretTable KeptSecrets { get; }

    /// <summary>Drops what is remembered of the database: a transaction was rolled back.</summary>
    public void Forget()
    {
        Outbox.Forget();
        Inbox.Forget();
        Settings.Forget();
    }

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteNonQuery();

    public object? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteScalar() is { } value and not DBNull ? value : null;

    public SqliteDataReader Query(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteReader();

    public void Dispose()
    {
        foreach (SqliteCommand command in _prepared.Values)
            command.Dispose();

        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_prepared.TryGetValue(sql, out SqliteCommand? command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach ((string name, _) in values)
                command.Parameters.Add(new SqliteParameter { ParameterName = name });

            _prepared.Add(sql, command);
        }

        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i].Value ?? DBNull.Value;

        return command;
    }
}

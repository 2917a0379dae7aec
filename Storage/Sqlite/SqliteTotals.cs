namespace ZeroKSync.Storage.Sqlite;

/// <summary>What a transaction changes of the store's totals; written once, before its commit.</summary>
internal sealed class SqliteTotals
{
    private long _groups;
    private long _rows;
    private long _bytes;
    private long _corrupt;

    public void Add(long groups = 0, long rows = 0, long bytes = 0, long corrupt = 0)
    {
        _groups += groups;
        _rows += rows;
        _bytes += bytes;
        _corrupt += corrupt;
    }

    public void Write(SqliteSession session)
    {
        if ((_groups | _rows | _bytes | _corrupt) != 0)
        {
            session.Execute(
                "UPDATE totals SET groups = groups + $groups, rows = rows + $rows, bytes = bytes + $bytes, corrupt_rows = corrupt_rows + $corrupt WHERE id = 1",
                ("$groups", _groups),
                ("$rows", _rows),
                ("$bytes", _bytes),
                ("$corrupt", _corrupt));
        }
    }

    /// <summary>Counts what was quarantined, once it is so for good.</summary>
    public void Committed()
    {
        if (_corrupt > 0)
            StorageMetrics.CorruptRows.Add(_corrupt);

        Clear();
    }

    public void Clear() => _groups = _rows = _bytes = _corrupt = 0;
}

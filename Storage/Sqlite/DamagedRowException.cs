namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// A write met a damaged page, and has noted what to leave alone. SQLite lets nothing more be written in a transaction that has met one, so it has
/// to be run again, around what is noted; each time it is, there is one thing more to leave alone.
/// </summary>
/// <param name="learn">What else to find out, outside any transaction, before it is run again.</param>
/// <param name="innerException">What SQLite said.</param>
internal sealed class DamagedRowException(Action<SqliteSession>? learn, Exception innerException) : Exception("A damaged page was met.", innerException)
{
    public void Learn(SqliteSession session) => learn?.Invoke(session);
}

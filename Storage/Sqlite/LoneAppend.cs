using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// An append of one small blob that has its commit for itself: it is stored as one row, apart (<c>Migrations/0004.sql</c>), because whoever waits for it
/// waits for each page that the sync has to write.
/// </summary>
internal static class LoneAppend
{
    /// <summary>Envelope bytes: what is larger is written once, where it belongs.</summary>
    public const int BytesMax = 4 << 10;

    /// <summary>Decides it, and stores it. Null, and nothing is changed, where it has to go the way of all others.</summary>
    public static LogWriteResult? TryWrite(SqliteSession session, LogAppend append)
    {
        if (append.Entries is not [var entry] || entry.Envelope.Length > BytesMax || session.Unsettled.Count >= UnsettledGroups.AppendsMax)
            return null;

        // A group and a sender whose append went that way before, in this process: where it will be put can be written.
        if (!session.RowIds.TryGetGroup(append.Group, out long group) || !session.RowIds.TryGetDevice(group, append.Sender, out _) || session.Unsettled.IsStuck(group))
            return null;

        if ((session.Unsettled.Find(group) ?? GroupRow.FindById(session, group)?.Numbers) is not { } before)
            return null;

        if (before.Version != append.ExpectedVersion)
            return LogFenced.Instance;

        long bytesUsed = before.BytesUsed + entry.Envelope.Length;
        if (bytesUsed > append.BytesMax)
            return null;

        var written = new LogWritten(before.Version + 1, before.Oldest, new Cursor(before.Head.Value + 1), bytesUsed);
        LogRow row = LogRow.Appended(append, group, written.Head.Value, entry);
        UnsettledRows.Insert(session, new UnsettledRow(before.Version, row, LogRow.Checksum(row, entry.Envelope.Span), append.LastLink, entry.Envelope));
        session.Unsettled.Appended(group, append.Group, written);
        return written;
    }
}

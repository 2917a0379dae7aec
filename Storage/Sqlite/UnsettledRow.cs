using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>An append of one blob that is not yet where it belongs (<c>Migrations/0004.sql</c>).</summary>
/// <param name="Version">The group's before it.</param>
/// <param name="Row">Its row in the log.</param>
/// <param name="Checksum">That row's.</param>
/// <param name="LastLink">Its link.</param>
/// <param name="Envelope">What is stored.</param>
internal sealed record UnsettledRow(long Version, LogRow Row, long Checksum, SequenceLink LastLink, ReadOnlyMemory<byte> Envelope)
{
    public bool IsSound => LogRow.Checksum(Row, Envelope.Span) == Checksum;

    /// <summary>Whether it is what was written, and the next of a group with this version and head.</summary>
    public bool Follows(long version, long head) => Version == version && Row.Cursor == (ulong)head + 1 && IsSound;

    public LogEntry Entry => new(Row.BlobId, new KeyEpoch(Row.KeyEpoch), new Sequence(Row.FirstSeq), new Sequence(Row.SenderSeq), Row.ExpiresMs, Envelope);
}

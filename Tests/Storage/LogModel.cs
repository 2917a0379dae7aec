using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Storage;

/// <summary>What a log of one group is, said as simply as possible: a list of rows, the first of which may be gone.</summary>
public sealed class LogModel
{
    private readonly List<Row> _rows = [];

    public int Head => _rows.Count;

    public int Oldest { get; private set; } = 1;

    public long Bytes => Enumerable.Range(Oldest, Head - Oldest + 1).Sum(BytesOf);

    public void Append(IEnumerable<LogEntry> entries) => _rows.AddRange(entries.Select(entry => new Row(entry, EntryState.Blob)));

    public bool IsMarkable(int cursor) => cursor >= Oldest && cursor <= Head && _rows[cursor - 1].State != EntryState.Deleted;

    public bool IsCorrupt(int cursor) => cursor >= Oldest && cursor <= Head && _rows[cursor - 1].State == EntryState.Corrupt;

    public long BytesOf(int cursor) => _rows[cursor - 1].State == EntryState.Blob ? _rows[cursor - 1].Entry.Envelope.Length : 0;

    public LogEntry Entry(int cursor) => _rows[cursor - 1].Entry;

    public void Set(int cursor, EntryState state) => _rows[cursor - 1] = _rows[cursor - 1] with { State = state };

    public void TrimThrough(int cursor) => Oldest = Math.Max(Oldest, Math.Min(cursor, Head) + 1);

    /// <summary>Whose time is over; says how many those are.</summary>
    public int Expire(ulong nowMs)
    {
        int expired = 0;
        for (int cursor = Oldest; cursor <= Head; cursor++)
        {
            if (_rows[cursor - 1] is { State: EntryState.Blob } row && row.Entry.ExpiresMs <= nowMs)
            {
                Set(cursor, EntryState.Expired);
                expired++;
            }
        }

        return expired;
    }

    /// <summary>What a reader is told of the rows after a cursor: place, state, ids and envelope.</summary>
    public IEnumerable<string> Read(ulong after, ulong nowMs)
    {
        for (int cursor = Math.Max(Oldest, (int)after + 1); cursor <= Head; cursor++)
        {
            Row row = _rows[cursor - 1];
            EntryState told = row.State == EntryState.Blob && row.Entry.ExpiresMs <= nowMs ? EntryState.Expired : row.State;
            yield return Describe((ulong)cursor, told, row.Entry.BlobId, row.Entry.FirstSeq, row.Entry.SenderSeq, told == EntryState.Blob ? row.Entry.Envelope : default(ReadOnlyMemory<byte>?));
        }
    }

    public static string Describe(PageEntry entry) => Describe(entry.Cursor.Value, entry.State, entry.BlobId, entry.FirstSeq, entry.SenderSeq, entry.Envelope);

    private static string Describe(ulong cursor, EntryState state, BlobId id, Sequence first, Sequence last, ReadOnlyMemory<byte>? envelope) =>
        $"{cursor} {state} {Convert.ToHexString(id.ToArray())} {first.Value}-{last.Value} {(envelope is { } bytes ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes.Span)) : "none")}";

    private sealed record Row(LogEntry Entry, EntryState State);
}

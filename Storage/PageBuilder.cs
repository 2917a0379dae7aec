using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage;

/// <summary>
/// Cuts a page from the rows of an engine, which come in cursor order: by count, by encoded bytes and by how much is looked at. A cursor that
/// does not come, between those that do or before the head, is told as corrupt.
/// </summary>
internal sealed class PageBuilder
{
    /// <summary>An encoded entry without its envelope and proof, at its largest.</summary>
    public const int EntryBytesMax = 112;

    // Rows of the reader itself are passed over; a page looks at so many before it answers with what it has.
    private const int ScannedPerEntry = 4;

    private readonly LogQuery _query;
    private readonly Func<ulong, PageEntry> _lost;
    private readonly ImmutableArray<PageEntry>.Builder _entries = ImmutableArray.CreateBuilder<PageEntry>();
    private readonly ulong _oldest;
    private readonly ulong _head;
    private int _bytes;
    private int _scanned;
    private bool _isFull;

    /// <param name="query">What was asked.</param>
    /// <param name="oldest">The group's oldest cursor, in the same moment as the rows.</param>
    /// <param name="head">Its head.</param>
    /// <param name="lost">What is told of a row that cannot be had.</param>
    public PageBuilder(LogQuery query, ulong oldest, ulong head, Func<ulong, PageEntry> lost)
    {
        _query = query;
        _oldest = oldest;
        _head = head;
        _lost = lost;
        Passed = Math.Max(query.After.Value, oldest - 1);
    }

    /// <summary>How far was looked.</summary>
    public ulong Passed { get; private set; }

    /// <summary>Rows that did not match their checksum.</summary>
    public List<ulong> Corrupt { get; } = [];

    /// <summary>Whether the page ends before the next row, or there is none.</summary>
    public bool IsDone => _isFull || Passed >= _head;

    /// <summary>Takes the next row; false when the page ends before it.</summary>
    /// <param name="row">Its numbers.</param>
    /// <param name="checksum">What is stored as its checksum.</param>
    /// <param name="body">Its envelope, or its proof where it is deleted.</param>
    public bool Take(in LogRow row, long checksum, ReadOnlyMemory<byte> body)
    {
        if (!Skip(row.Cursor))
            return false;

        bool isSound = LogRow.Checksum(row, body.Span) == checksum;
        // A damaged row is for everybody: who sent it is in doubt too, and its sender can refill it.
        if (isSound && row.State != EntryState.Corrupt && row.Sender == _query.Except)
            return Pass(row.Cursor);

        if (!isSound)
            Corrupt.Add(row.Cursor);

        return Add(isSound ? row.ToEntry(_query.NowMs, body) : row.ToCorruptEntry());
    }

    /// <summary>Tells the rows before a cursor as lost that did not come; false when the page ends before it.</summary>
    public bool Skip(ulong cursor)
    {
        while (!IsDone && Passed + 1 < cursor && Passed < _head)
            Add(_lost(Passed + 1));

        return !IsDone && cursor > Passed;
    }

    public LogPage ToPage() => new()
    {
        Entries = _entries.DrainToImmutable(),
        Through = new Cursor(Passed),
        Oldest = new Cursor(_oldest),
        Head = new Cursor(_head),
    };

    private bool Pass(ulong cursor)
    {
        if (_scanned++ > _query.CountMax * ScannedPerEntry)
        {
            _isFull = true;
            return false;
        }

        Passed = cursor;
        return true;
    }

    private bool Add(PageEntry entry)
    {
        int bytes = EntryBytesMax + (entry.Envelope?.Length ?? 0) + (entry.Proof?.Length ?? 0);
        if (_entries.Count == _query.CountMax || (_entries.Count > 0 && _bytes + bytes > _query.BytesMax))
        {
            _isFull = true;
            return false;
        }

        _bytes += bytes;
        _entries.Add(entry);
        _scanned++;
        Passed = entry.Cursor.Value;
        return true;
    }
}

using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage;

/// <summary>
/// How far a trim reaches. It takes the rows of a group in cursor order, from the oldest on; a cursor that does not come is a row that is lost.
/// A lost row holds up nothing: it goes when every device has acknowledged it, or with the next row that may go, which was stored after it.
/// </summary>
internal sealed class PrefixScan
{
    private readonly TrimRequest _trim;
    private readonly long _head;
    private readonly long _needed;
    private long _rowsLeft;
    private bool _isClosed;

    /// <param name="trim">What may go.</param>
    /// <param name="oldest">The group's oldest cursor.</param>
    /// <param name="head">Its head.</param>
    /// <param name="rowsMax">Rows to look at; lost ones do not count, or a long run of them would be the end.</param>
    /// <param name="needed">Bytes that are enough.</param>
    public PrefixScan(TrimRequest trim, long oldest, long head, long rowsMax, long needed)
    {
        _trim = trim;
        _needed = needed;
        _rowsLeft = rowsMax;
        _head = head;
        Oldest = oldest;
        Passed = Through = oldest - 1;
    }

    public long Oldest { get; }

    /// <summary>How far was looked.</summary>
    public long Passed { get; private set; }

    /// <summary>What goes: everything up to here; before <see cref="Oldest"/> where nothing does.</summary>
    public long Through { get; private set; }

    /// <summary>Bytes of the rows that go, as far as they are known.</summary>
    public long Freed { get; private set; }

    public bool IsEnough => Freed >= _needed;

    public bool IsDone => _isClosed || IsEnough || _rowsLeft == 0 || Passed >= _head;

    /// <summary>Whether any row goes.</summary>
    public bool IsAny => Through >= Oldest;

    /// <summary>Takes the next row that could be read.</summary>
    public void Take(long cursor, DeviceId sender, ulong timestampMs, ulong emptyMs, int size)
    {
        Skip(cursor);
        if (IsDone)
            return;

        Passed = cursor;
        _rowsLeft--;
        if (_trim.Allows(new Cursor((ulong)cursor), sender, timestampMs, emptyMs))
        {
            Through = cursor;
            Freed += size;
        }
        else
        {
            _isClosed = true;
        }
    }

    /// <summary>The rows before a cursor that did not come are lost.</summary>
    public void Skip(long cursor)
    {
        long lost = Math.Min(cursor - 1, _head);
        if (IsDone || lost <= Passed)
            return;

        Passed = lost;
        long acknowledged = (long)Math.Min(_trim.AllThrough.Value, (ulong)lost);
        Through = Math.Max(Through, acknowledged);
    }

    /// <summary>There are no more rows: those up to the head are lost.</summary>
    public void End() => Skip(_head + 1);
}

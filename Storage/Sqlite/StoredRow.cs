using ZeroKSync.Grains.Contracts;

namespace ZeroKSync.Storage.Sqlite;

/// <summary>
/// A row of the table: one blob, or packed, several of one append (<c>Migrations/0003.sql</c>). Whatever its bytes say, its blobs are as many as its parts
/// and follow each other up to its cursor; one that is damaged fails its own checksum.
/// </summary>
internal sealed class StoredRow
{
    private readonly LogRow _last;
    private readonly long _checksum;
    private readonly byte[]? _parts;
    private readonly ReadOnlyMemory<byte> _body;

    /// <param name="last">The columns, which are the last blob's.</param>
    /// <param name="checksum">Its checksum.</param>
    /// <param name="size">Bytes of all envelopes.</param>
    /// <param name="parts">What differs; null for one blob.</param>
    /// <param name="body">All envelopes, or the proof; empty where only the numbers were read.</param>
    /// <exception cref="FormatException">It has more blobs than there are cursors up to its own.</exception>
    public StoredRow(in LogRow last, long checksum, long size, byte[]? parts, ReadOnlyMemory<byte> body)
    {
        _last = last;
        _checksum = checksum;
        _parts = parts;
        _body = body;
        Size = size;
        Count = parts is null ? 1 : parts.Length / RowPart.Bytes;
        if ((ulong)Count > last.Cursor)
            throw new FormatException("A row's numbers are damaged.");
    }

    public bool IsPacked => _parts is not null;

    public int Count { get; }

    public long GroupRef => _last.GroupRef;

    public EntryState State => _last.State;

    public ulong ExpiresMs => _last.ExpiresMs;

    /// <summary>Bytes of all its envelopes, those that were trimmed included.</summary>
    public long Size { get; }

    public ulong First => Last - (ulong)Count + 1;

    public ulong Last => _last.Cursor;

    /// <summary>The blob with a cursor, if it is one of these.</summary>
    public StoredBlob? Find(ulong cursor) => cursor >= First && cursor <= Last ? From(cursor).First() : null;

    /// <summary>The blobs from a cursor on.</summary>
    public IEnumerable<StoredBlob> From(ulong cursor)
    {
        if (_parts is null)
        {
            if (Last >= cursor)
                yield return new StoredBlob(_last, _checksum, Size, _body);

            yield break;
        }

        for (int i = (int)Math.Clamp((long)cursor - (long)First, 0, Count); i < Count; i++)
        {
            RowPart part = RowPart.Read(_parts.AsSpan(i * RowPart.Bytes));
            LogRow row = _last with { Cursor = First + (ulong)i, BlobId = part.BlobId, FirstSeq = part.FirstSeq, SenderSeq = part.SenderSeq };
            yield return new StoredBlob(row, part.Checksum, Math.Clamp(part.Length, 0, Packing.BytesMax), part.Of(_body));
        }
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ZeroKSync.Storage.Sqlite.Interop;

/// <summary>
/// Frames of one transaction on their way to a write-ahead log, which SQLite writes one header and one page at a time. They follow each other
/// in the file, so they are kept until the transaction's last page and written with one call. What is kept belongs to a transaction that
/// is not committed: its loss is that of the transaction, and nobody else may see it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HeldFrames
{
    // https://sqlite.org/fileformat2.html#wal_file_format: before each page its header, with the database's size where the page ends a commit.
    private const int LogHeaderBytes = 32;
    private const int PageSizeField = 8;
    private const int HeaderBytes = 24;
    private const int CommitField = 4;

    // More is written in portions; the system's layer takes less than 128 KiB at once.
    private const int CapacityBytes = 120 << 10;
    private const int Ok = 0;
    private const long Nowhere = -1;

    private FileMethodsStruct* _below;
    private byte* _bytes;
    private int _count;
    private long _offset;
    private long _end;
    private int _pageBytes;
    private bool _isHeader;
    private bool _isCommit;

    /// <summary>What the layer below does with the file.</summary>
    public readonly FileMethodsStruct* Below => _below;

    public void Open(FileMethodsStruct* below)
    {
        this = new HeldFrames { _below = below, _bytes = (byte*)NativeMemory.Alloc(CapacityBytes), _end = Nowhere };
    }

    public void Close() => NativeMemory.Free(_bytes);

    public int Write(FileStruct* file, byte* bytes, int count, long offset)
    {
        LookAt(bytes, count, offset);
        bool follows = offset == _end;
        bool isHeader = count == HeaderBytes && IsFrame(offset);
        // A page may wait behind its header, unless it is the commit's; a header where frames are being added. All else is none of a new frame's.
        bool mayWait = follows && (isHeader || (_isHeader && !_isCommit && count == _pageBytes));
        _isHeader = isHeader;
        _isCommit = isHeader && ReadInt32(bytes + CommitField) != 0;
        int result = Add(file, bytes, count, offset);
        return result == Ok && !mayWait ? Flush(file) : result;
    }

    /// <summary>Writes what is kept. Where that fails SQLite hears of it now, and gives the transaction up.</summary>
    public int Flush(FileStruct* file)
    {
        if (_count == 0)
            return Ok;

        int result = _below->Write(file, _bytes, _count, _offset);
        _count = 0;
        _end = result == Ok ? _end : Nowhere;
        return result;
    }

    /// <summary>Writes what is kept, and takes the next write for none that follows.</summary>
    public int Settle(FileStruct* file)
    {
        int result = Flush(file);
        _end = Nowhere;
        return result;
    }

    /// <summary>Bytes at a place of the file, read or written: its beginning says how large a page is.</summary>
    public void LookAt(byte* bytes, int count, long offset)
    {
        if (offset == 0 && count >= LogHeaderBytes)
            _pageBytes = ReadInt32(bytes + PageSizeField);
    }

    private static int ReadInt32(byte* bytes) => BinaryPrimitives.ReadInt32BigEndian(new ReadOnlySpan<byte>(bytes, sizeof(int)));

    // Until the beginning was seen no place is known to be one, and nothing waits.
    private readonly bool IsFrame(long offset) => _pageBytes > 0 && offset >= LogHeaderBytes && (offset - LogHeaderBytes) % (HeaderBytes + (long)_pageBytes) == 0;

    private int Add(FileStruct* file, byte* bytes, int count, long offset)
    {
        if ((offset != _end || _count + count > CapacityBytes) && Flush(file) is not Ok and int failed)
            return failed;

        _end = offset + count;
        if (count > CapacityBytes)
            return _below->Write(file, bytes, count, offset);

        if (_count == 0)
            _offset = offset;

        NativeMemory.Copy(bytes, _bytes + _count, (nuint)count);
        _count += count;
        return Ok;
    }
}

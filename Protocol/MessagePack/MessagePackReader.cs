using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace ZeroKSync.Protocol.MessagePack;

/// <summary>
/// Reads the subset of MessagePack the wire uses from hostile bytes. The first thing that is not exactly as the protocol wants it
/// (type, form, bound) makes <see cref="Failed"/> true for good, and every later read returns a default: a message checks once, at its end.
/// It never throws and allocates nothing by a claimed length or count.
/// </summary>
public ref struct MessagePackReader
{
    /// <summary>Arrays inside arrays that a skipped element may have.</summary>
    private const int SkipDepthMax = 8;

    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private int _position;

    public MessagePackReader(ReadOnlyMemory<byte> memory)
    {
        _memory = memory;
        _span = memory.Span;
    }

    /// <summary>Whether anything read so far was wrong.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _span.Length - _position;

    /// <summary>For values that are well formed and yet out of their range.</summary>
    public void Fail()
    {
        Failed = true;
        _position = _span.Length;
    }

    /// <summary>Begins an array of fields: at least <paramref name="required"/> of them; how many more there are is returned for <see cref="EndFields"/>.</summary>
    public int BeginFields(int required)
    {
        int count = ReadArrayHeader();
        if (count >= required)
            return count - required;

        Fail();
        return 0;
    }

    /// <summary>Skips the extra elements of a newer version.</summary>
    public void EndFields(int extra)
    {
        for (int i = 0; i < extra && !Failed; i++)
            Skip(SkipDepthMax);
    }

    /// <summary>Skips a message, with whatever elements it has.</summary>
    public void SkipMessage() => Skip(SkipDepthMax + 1);

    /// <summary>Begins a list: its count is refused above <paramref name="countMax"/>, and where the rest could not hold that many.</summary>
    /// <param name="countMax">Most elements.</param>
    /// <param name="elementBytesMin">Bytes the smallest element takes, at least 1.</param>
    public int ReadListHeader(int countMax, int elementBytesMin)
    {
        int count = ReadArrayHeader();
        if (count <= countMax && (long)count * elementBytesMin <= Remaining)
            return count;

        Fail();
        return 0;
    }

    public ulong ReadUInt64()
    {
        byte head = ReadByte();
        if (head < 0x80)
            return head;

        (ulong value, ulong least) = head switch
        {
            0xcc => (ReadBigEndian(1), 0x80UL),
            0xcd => (ReadBigEndian(2), 0x100UL),
            0xce => (ReadBigEndian(4), 0x1_0000UL),
            0xcf => (ReadBigEndian(8), 0x1_0000_0000UL),
            _ => (0UL, ulong.MaxValue),
        };
        if (value >= least && !Failed)
            return value;

        Fail();
        return 0;
    }

    public uint ReadUInt32() => (uint)ReadUInt(uint.MaxValue);

    /// <param name="max">A greater value is refused.</param>
    public byte ReadUInt8(byte max = byte.MaxValue) => (byte)ReadUInt(max);

    public uint? ReadOptionalUInt32() => TryReadNil() ? null : ReadUInt32();

    public bool ReadBool()
    {
        byte head = ReadByte();
        if (head is 0xc2 or 0xc3)
            return head == 0xc3;

        Fail();
        return false;
    }

    /// <summary>A slice of the input: nothing is copied.</summary>
    public ReadOnlyMemory<byte> ReadBinary(int bytesMax)
    {
        int length = ReadBinaryHeader();
        if (Failed || length > bytesMax || length > Remaining)
        {
            Fail();
            return default;
        }

        ReadOnlyMemory<byte> slice = _memory.Slice(_position, length);
        _position += length;
        return slice;
    }

    // A bare null would become an empty memory: an array's null converts to one.
    public ReadOnlyMemory<byte>? ReadOptionalBinary(int bytesMax) => TryReadNil() ? default(ReadOnlyMemory<byte>?) : ReadBinary(bytesMax);

    public ReadOnlyMemory<byte> ReadFixed(int bytes)
    {
        ReadOnlyMemory<byte> slice = ReadBinary(bytes);
        if (slice.Length == bytes)
            return slice;

        Fail();
        return default;
    }

    public ReadOnlyMemory<byte>? ReadOptionalFixed(int bytes) => TryReadNil() ? default(ReadOnlyMemory<byte>?) : ReadFixed(bytes);

    public Bytes16 ReadBytes16()
    {
        ReadOnlySpan<byte> bytes = ReadFixed(Bytes16.Size).Span;
        return Failed ? default : Bytes16.Read(bytes);
    }

    public Bytes32 ReadBytes32()
    {
        ReadOnlySpan<byte> bytes = ReadFixed(Bytes32.Size).Span;
        return Failed ? default : Bytes32.Read(bytes);
    }

    /// <summary>A string of at most <paramref name="bytesMax"/> bytes of valid UTF-8.</summary>
    public string ReadString(int bytesMax)
    {
        int length = ReadStringHeader();
        if (Failed || length > bytesMax || length > Remaining || !Utf8.IsValid(_span.Slice(_position, length)))
        {
            Fail();
            return string.Empty;
        }

        string text = Encoding.UTF8.GetString(_span.Slice(_position, length));
        _position += length;
        return text;
    }

    public string? ReadOptionalString(int bytesMax) => TryReadNil() ? null : ReadString(bytesMax);

    /// <summary>Takes a nil if one stands here.</summary>
    public bool TryReadNil()
    {
        if (Remaining == 0 || _span[_position] != 0xc0)
            return false;

        _position++;
        return true;
    }

    private ulong ReadUInt(ulong max)
    {
        ulong value = ReadUInt64();
        if (value <= max)
            return value;

        Fail();
        return 0;
    }

    private int ReadArrayHeader()
    {
        byte head = ReadByte();
        return head switch
        {
            >= 0x90 and <= 0x9f => head & 0x0f,
            0xdc => ReadLength(2, least: 16),
            0xdd => ReadLength(4, least: 0x1_0000),
            _ => FailedLength(),
        };
    }

    private int ReadBinaryHeader() => ReadByte() switch
    {
        0xc4 => ReadLength(1, least: 0),
        0xc5 => ReadLength(2, least: 0x100),
        0xc6 => ReadLength(4, least: 0x1_0000),
        _ => FailedLength(),
    };

    private int ReadStringHeader()
    {
        byte head = ReadByte();
        return head switch
        {
            >= 0xa0 and <= 0xbf => head & 0x1f,
            0xd9 => ReadLength(1, least: 32),
            0xda => ReadLength(2, least: 0x100),
            0xdb => ReadLength(4, least: 0x1_0000),
            _ => FailedLength(),
        };
    }

    // The head of a length must be the shortest that can say it.
    private int ReadLength(int bytes, uint least)
    {
        ulong length = ReadBigEndian(bytes);
        return !Failed && length >= least && length <= int.MaxValue ? (int)length : FailedLength();
    }

    private int FailedLength()
    {
        Fail();
        return 0;
    }

    private byte ReadByte() => (byte)ReadBigEndian(1);

    private ulong ReadBigEndian(int bytes)
    {
        if (bytes > Remaining)
        {
            Fail();
            return 0;
        }

        ReadOnlySpan<byte> place = _span.Slice(_position, bytes);
        _position += bytes;
        return bytes switch
        {
            1 => place[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(place),
            4 => BinaryPrimitives.ReadUInt32BigEndian(place),
            _ => BinaryPrimitives.ReadUInt64BigEndian(place),
        };
    }

    // An element this version does not know has to be one that the wire allows.
    private void Skip(int depth)
    {
        if (depth == 0 || Remaining == 0)
        {
            Fail();
            return;
        }

        switch (_span[_position])
        {
            case < 0x80 or (>= 0xcc and <= 0xcf):
                ReadUInt64();
                break;
            case 0xc0 or 0xc2 or 0xc3:
                _position++;
                break;
            case >= 0xc4 and <= 0xc6:
                ReadBinary(int.MaxValue);
                break;
            case (>= 0xa0 and <= 0xbf) or (>= 0xd9 and <= 0xdb):
                ReadString(int.MaxValue);
                break;
            case (>= 0x90 and <= 0x9f) or 0xdc or 0xdd:
                int count = ReadListHeader(int.MaxValue, elementBytesMin: 1);
                for (int i = 0; i < count && !Failed; i++)
                    Skip(depth - 1);

                break;
            default:
                Fail();
                break;
        }
    }
}

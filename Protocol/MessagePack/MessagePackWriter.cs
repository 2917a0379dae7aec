using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace ZeroKSync.Protocol.MessagePack;

/// <summary>
/// Writes the subset of MessagePack the wire uses, always in minimal form, into a span the caller sized with a measuring writer.
/// It owns no buffer and knows no message.
/// </summary>
public ref struct MessagePackWriter
{
    private readonly Span<byte> _buffer;
    private readonly bool _isMeasuring;
    private int _written;

    /// <summary>Writes into <paramref name="buffer"/>.</summary>
    public MessagePackWriter(Span<byte> buffer)
    {
        _buffer = buffer;
    }

    private MessagePackWriter(bool isMeasuring)
    {
        _isMeasuring = isMeasuring;
    }

    /// <summary>A writer that only counts.</summary>
    public static MessagePackWriter Measuring() => new(isMeasuring: true);

    /// <summary>Bytes written, or counted, so far.</summary>
    public readonly int Written => _written;

    public void WriteArrayHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count < 16)
            WriteByte((byte)(0x90 | count));
        else if (count <= ushort.MaxValue)
            WriteHead(0xdc, (ushort)count);
        else
            WriteHead(0xdd, (uint)count);
    }

    public void WriteNil() => WriteByte(0xc0);

    public void WriteBool(bool value) => WriteByte(value ? (byte)0xc3 : (byte)0xc2);

    public void WriteUInt(ulong value)
    {
        if (value < 0x80)
        {
            WriteByte((byte)value);
        }
        else if (value <= byte.MaxValue)
        {
            WriteHead(0xcc, (byte)value);
        }
        else if (value <= ushort.MaxValue)
        {
            WriteHead(0xcd, (ushort)value);
        }
        else if (value <= uint.MaxValue)
        {
            WriteHead(0xce, (uint)value);
        }
        else
        {
            Span<byte> place = Take(1 + sizeof(ulong));
            if (!place.IsEmpty)
            {
                place[0] = 0xcf;
                BinaryPrimitives.WriteUInt64BigEndian(place[1..], value);
            }
        }
    }

    public void WriteOptionalUInt(uint? value)
    {
        if (value is { } present)
            WriteUInt(present);
        else
            WriteNil();
    }

    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        WriteBinaryHeader(value.Length);
        CopyIn(value);
    }

    public void WriteOptionalBinary(ReadOnlyMemory<byte>? value)
    {
        if (value is { } present)
            WriteBinary(present.Span);
        else
            WriteNil();
    }

    public void WriteBytes16(in Bytes16 value)
    {
        WriteBinaryHeader(Bytes16.Size);
        Span<byte> place = Take(Bytes16.Size);
        if (!place.IsEmpty)
            value.CopyTo(place);
    }

    public void WriteBytes32(in Bytes32 value)
    {
        WriteBinaryHeader(Bytes32.Size);
        Span<byte> place = Take(Bytes32.Size);
        if (!place.IsEmpty)
            value.CopyTo(place);
    }

    public void WriteString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        int length = Encoding.UTF8.GetByteCount(value);
        if (length < 32)
            WriteByte((byte)(0xa0 | length));
        else if (length <= byte.MaxValue)
            WriteHead(0xd9, (byte)length);
        else if (length <= ushort.MaxValue)
            WriteHead(0xda, (ushort)length);
        else
            WriteHead(0xdb, (uint)length);

        Span<byte> place = Take(length);
        if (!place.IsEmpty)
            Utf8.FromUtf16(value, place, out _, out _);
    }

    public void WriteOptionalString(string? value)
    {
        if (value is null)
            WriteNil();
        else
            WriteString(value);
    }

    private void WriteBinaryHeader(int length)
    {
        if (length <= byte.MaxValue)
            WriteHead(0xc4, (byte)length);
        else if (length <= ushort.MaxValue)
            WriteHead(0xc5, (ushort)length);
        else
            WriteHead(0xc6, (uint)length);
    }

    private void CopyIn(ReadOnlySpan<byte> bytes)
    {
        Span<byte> place = Take(bytes.Length);
        if (!place.IsEmpty)
            bytes.CopyTo(place);
    }

    private void WriteByte(byte value)
    {
        Span<byte> place = Take(1);
        if (!place.IsEmpty)
            place[0] = value;
    }

    private void WriteHead(byte head, byte value)
    {
        Span<byte> place = Take(2);
        if (!place.IsEmpty)
        {
            place[0] = head;
            place[1] = value;
        }
    }

    private void WriteHead(byte head, ushort value)
    {
        Span<byte> place = Take(1 + sizeof(ushort));
        if (!place.IsEmpty)
        {
            place[0] = head;
            BinaryPrimitives.WriteUInt16BigEndian(place[1..], value);
        }
    }

    private void WriteHead(byte head, uint value)
    {
        Span<byte> place = Take(1 + sizeof(uint));
        if (!place.IsEmpty)
        {
            place[0] = head;
            BinaryPrimitives.WriteUInt32BigEndian(place[1..], value);
        }
    }

    // Empty when measuring, and for no bytes at all.
    private Span<byte> Take(int count)
    {
        int start = _written;
        _written += count;
        return _isMeasuring ? default : _buffer.Slice(start, count);
    }
}

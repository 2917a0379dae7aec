using System.Buffers.Binary;

namespace ZeroKSync.Transport.WebSocket;

/// <summary>Integers of RFC 9000 section 16, in their shortest form only: every value has one encoding.</summary>
internal static class VariableLengthInteger
{
    public const long Max = (1L << 62) - 1;

    public const int BytesMax = 8;

    public static int Size(long value) => value switch
    {
        < 1L << 6 => 1,
        < 1L << 14 => 2,
        < 1L << 30 => 4,
        _ => 8,
    };

    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> to, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Max);
        int size = Size(value);
        switch (size)
        {
            case 1:
                to[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)(value | 0x4000));
                break;
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(to, (uint)(value | 0x8000_0000));
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(to, (ulong)value | 0xc000_0000_0000_0000);
                break;
        }

        return size;
    }

    /// <summary>Takes an integer off the front.</summary>
    public static bool TryRead(scoped ref ReadOnlySpan<byte> from, out long value)
    {
        value = 0;
        if (from.IsEmpty)
            return false;

        int size = 1 << (from[0] >> 6);
        if (from.Length < size)
            return false;

        value = from[0] & 0x3f;
        for (int i = 1; i < size; i++)
            value = (value << 8) | from[i];

        if (Size(value) != size)
            return false;

        from = from[size..];
        return true;
    }
}

using System.Buffers.Binary;

namespace ZeroKSync.Protocol;

/// <summary>
/// 16 bytes as a value: what the ids are made of. It compares in byte order and never prints its content.
/// Comparison is not constant in time; secrets are not kept in it.
/// </summary>
public readonly struct Bytes16 : IEquatable<Bytes16>, IComparable<Bytes16>
{
    /// <summary>How many bytes it has.</summary>
    public const int Size = 16;

    private readonly ulong _w0;
    private readonly ulong _w1;

    private Bytes16(ReadOnlySpan<byte> bytes)
    {
        _w0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[0..]);
        _w1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
    }

    /// <summary>Takes exactly 16 bytes.</summary>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public static Bytes16 Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"{Size} bytes expected, {bytes.Length} given.", nameof(bytes));
        }

        return new Bytes16(bytes);
    }

    /// <summary>Reads 32 hex digits of either case.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> hex, out Bytes16 value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (hex.Length != Size * 2
            || Convert.FromHexString(hex, bytes, out _, out int written) != System.Buffers.OperationStatus.Done
            || written != Size)
        {
            value = default;
            return false;
        }

        value = new Bytes16(bytes);
        return true;
    }

    /// <summary>Writes the 16 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            throw new ArgumentException("The destination is too short.", nameof(destination));
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination[0..], _w0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _w1);
    }

    /// <summary>A new array of the 16 bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>32 lower-case hex digits.</summary>
    public string ToHex()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <inheritdoc />
    public bool Equals(Bytes16 other) => _w0 == other._w0 && _w1 == other._w1;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Bytes16 other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_w0, _w1);

    /// <inheritdoc />
    public int CompareTo(Bytes16 other)
    {
        if (_w0 != other._w0)
        {
            return _w0.CompareTo(other._w0);
        }

        if (_w1 != other._w1)
        {
            return _w1.CompareTo(other._w1);
        }

        return 0;
    }

    /// <summary>Says what it is, never what it holds.</summary>
    public override string ToString() => "[16 bytes]";

    public static bool operator ==(Bytes16 left, Bytes16 right) => left.Equals(right);

    public static bool operator !=(Bytes16 left, Bytes16 right) => !left.Equals(right);
}

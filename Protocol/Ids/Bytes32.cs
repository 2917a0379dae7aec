using System.Buffers.Binary;

namespace ZeroKSync.Protocol;

/// <summary>
/// 32 bytes as a value: what the ids are made of. It compares in byte order and never prints its content.
/// Comparison is not constant in time; secrets are not kept in it.
/// </summary>
public readonly struct Bytes32 : IEquatable<Bytes32>, IComparable<Bytes32>
{
    /// <summary>How many bytes it has.</summary>
    public const int Size = 32;

    private readonly ulong _w0;
    private readonly ulong _w1;
    private readonly ulong _w2;
    private readonly ulong _w3;

    private Bytes32(ReadOnlySpan<byte> bytes)
    {
        _w0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[0..]);
        _w1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _w2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _w3 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Takes exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public static Bytes32 Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"{Size} bytes expected, {bytes.Length} given.", nameof(bytes));
        }

        return new Bytes32(bytes);
    }

    /// <summary>Reads 64 hex digits of either case.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> hex, out Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (hex.Length != Size * 2
            || Convert.FromHexString(hex, bytes, out _, out int written) != System.Buffers.OperationStatus.Done
            || written != Size)
        {
            value = default;
            return false;
        }

        value = new Bytes32(bytes);
        return true;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size)
        {
            throw new ArgumentException("The destination is too short.", nameof(destination));
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination[0..], _w0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _w1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _w2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _w3);
    }

    /// <summary>A new array of the 32 bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>64 lower-case hex digits.</summary>
    public string ToHex()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <inheritdoc />
    public bool Equals(Bytes32 other) => _w0 == other._w0 && _w1 == other._w1 && _w2 == other._w2 && _w3 == other._w3;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Bytes32 other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_w0, _w1, _w2, _w3);

    /// <inheritdoc />
    public int CompareTo(Bytes32 other)
    {
        if (_w0 != other._w0)
        {
            return _w0.CompareTo(other._w0);
        }

        if (_w1 != other._w1)
        {
            return _w1.CompareTo(other._w1);
        }

        if (_w2 != other._w2)
        {
            return _w2.CompareTo(other._w2);
        }

        if (_w3 != other._w3)
        {
            return _w3.CompareTo(other._w3);
        }

        return 0;
    }

    /// <summary>Says what it is, never what it holds.</summary>
    public override string ToString() => "[32 bytes]";

    public static bool operator ==(Bytes32 left, Bytes32 right) => left.Equals(right);

    public static bool operator !=(Bytes32 left, Bytes32 right) => !left.Equals(right);
}

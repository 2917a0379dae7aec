using System.Buffers.Binary;
using ZeroKSync.Protocol;

namespace ZeroKSync.Session;

/// <summary>Lays out what is hashed, signed or bound: a label, then fields of fixed width, big-endian. Nothing in it needs a length to be read apart.</summary>
internal ref struct BindingWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    internal int Written { get; private set; }

    internal void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[Written..]);
        Written += bytes.Length;
    }

    internal void Write(in Bytes32 value)
    {
        value.CopyTo(_buffer[Written..]);
        Written += Bytes32.Size;
    }

    internal void Write(in Bytes16 value)
    {
        value.CopyTo(_buffer[Written..]);
        Written += Bytes16.Size;
    }

    internal void Write(byte value) => _buffer[Written++] = value;

    internal void Write(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Written..], value);
        Written += sizeof(uint);
    }

    internal void Write(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[Written..], value);
        Written += sizeof(ulong);
    }
}

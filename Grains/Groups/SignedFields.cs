using System.Buffers;
using System.Buffers.Binary;

namespace ZeroKSync.Grains.Groups;

/// <summary>Fields in the order of a signature: a label, then fixed-width big-endian numbers and ids.</summary>
internal sealed class SignedFields
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public SignedFields(ReadOnlySpan<byte> label) => Write(label);

    public void Write(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public void Write(uint number)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(sizeof(uint)), number);
        _bytes.Advance(sizeof(uint));
    }

    public void Write(ulong number)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_bytes.GetSpan(sizeof(ulong)), number);
        _bytes.Advance(sizeof(ulong));
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}

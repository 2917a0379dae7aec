using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace ZeroKSync.Tests.Fuzz.MessagePack;

/// <summary>
/// A second reader of the wire's MessagePack, written from the protocol's page and not from the product's: only the shortest forms, no maps,
/// floats or extensions. What the product accepts must be something to this one too.
/// </summary>
internal ref struct NodeReader(ReadOnlySpan<byte> bytes)
{
    private const int DepthMax = 64;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Reads exactly one value.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Node? node)
    {
        var reader = new NodeReader(bytes);
        node = reader.Read(DepthMax);
        return node is not null && reader._rest.IsEmpty;
    }

    private Node? Read(int depth)
    {
        if (depth == 0 || !TryTake(1, out ReadOnlySpan<byte> head))
            return null;

        byte first = head[0];
        return first switch
        {
            < 0x80 => Node.OfInteger(first),
            0xcc => ReadInteger(1, 0x80),
            0xcd => ReadInteger(2, 0x100),
            0xce => ReadInteger(4, 0x1_0000),
            0xcf => ReadInteger(8, 0x1_0000_0000),
            0xc0 => new Node(NodeKind.Nil),
            0xc2 => new Node(NodeKind.False),
            0xc3 => new Node(NodeKind.True),
            0xc4 => ReadBytes(NodeKind.Binary, ReadLength(1, 0)),
            0xc5 => ReadBytes(NodeKind.Binary, ReadLength(2, 0x100)),
            0xc6 => ReadBytes(NodeKind.Binary, ReadLength(4, 0x1_0000)),
            >= 0xa0 and <= 0xbf => ReadBytes(NodeKind.Text, first & 0x1fL),
            0xd9 => ReadBytes(NodeKind.Text, ReadLength(1, 32)),
            0xda => ReadBytes(NodeKind.Text, ReadLength(2, 0x100)),
            0xdb => ReadBytes(NodeKind.Text, ReadLength(4, 0x1_0000)),
            >= 0x90 and <= 0x9f => ReadArray(first & 0x0fL, depth),
            0xdc => ReadArray(ReadLength(2, 16), depth),
            0xdd => ReadArray(ReadLength(4, 0x1_0000), depth),
            _ => null,
        };
    }

    private Node? ReadInteger(int bytes, ulong least) => TryTakeNumber(bytes, out ulong value) && value >= least ? Node.OfInteger(value) : null;

    private long? ReadLength(int bytes, ulong least) => TryTakeNumber(bytes, out ulong value) && value >= least ? (long)value : null;

    private Node? ReadBytes(NodeKind kind, long? length)
    {
        if (length is not { } count || count > _rest.Length || !TryTake((int)count, out ReadOnlySpan<byte> taken))
            return null;

        return kind == NodeKind.Text && !Utf8.IsValid(taken) ? null : new Node(kind) { Bytes = taken.ToArray() };
    }

    private Node? ReadArray(long? count, int depth)
    {
        if (count is null || count > _rest.Length)
            return null;

        var node = new Node(NodeKind.Array);
        for (long i = 0; i < count; i++)
        {
            if (Read(depth - 1) is not { } child)
                return null;

            node.Children.Add(child);
        }

        return node;
    }

    private bool TryTakeNumber(int bytes, out ulong value)
    {
        value = 0;
        if (!TryTake(bytes, out ReadOnlySpan<byte> taken))
            return false;

        foreach (byte digit in taken)
            value = (value << 8) | digit;

        return true;
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> taken)
    {
        bool isThere = count <= _rest.Length;
        taken = isThere ? _rest[..count] : default;
        _rest = isThere ? _rest[count..] : default;
        return isThere;
    }
}

using System.Buffers.Binary;

namespace ZeroKSync.Tests.Unit.Cryptography.Blake;

/// <summary>The tree over groups of 16 KiB by the definition's recursion, every node kept: roots, outboards and slices to compare with.</summary>
internal sealed class NaiveTree
{
    private const int GroupBytes = 16 * 1024;

    private readonly byte[] _content;
    private readonly int _start;
    private readonly int _length;
    private readonly NaiveTree? _left;
    private readonly NaiveTree? _right;

    private NaiveTree(byte[] content, int start, int length, bool isRoot)
    {
        (_content, _start, _length) = (content, start, length);
        if (length <= GroupBytes)
        {
            Cv = NaiveBlake3.Plain.Cv(content.AsSpan(start, length), (ulong)start / 1024, isRoot);
            return;
        }

        int leftBytes = NaiveBlake3.LeftBytes(length);
        _left = new NaiveTree(content, start, leftBytes, isRoot: false);
        _right = new NaiveTree(content, start + leftBytes, length - leftBytes, isRoot: false);
        Cv = NaiveBlake3.Plain.ParentOf(_left.Cv, _right.Cv, isRoot);
    }

    /// <summary>At the top: the hash.</summary>
    public byte[] Cv { get; }

    public static NaiveTree Of(byte[] content) => new(content, 0, content.Length, isRoot: true);

    /// <summary>All parents, children first.</summary>
    public byte[] Outboard() =>
        _left is null || _right is null ? [] : [.. _left.Outboard(), .. _right.Outboard(), .. _left.Cv, .. _right.Cv];

    /// <summary>Header, and what proves the bytes from <paramref name="offset"/> to before <paramref name="end"/>; an empty range is one byte's.</summary>
    public byte[] Slice(long offset, long end)
    {
        byte[] header = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(header, _content.Length);
        return Concat([header, .. Items(offset, Math.Max(end, offset + 1))]);
    }

    public static byte[] Concat(IEnumerable<byte[]> parts)
    {
        using var all = new MemoryStream();
        foreach (byte[] part in parts)
            all.Write(part);

        return all.ToArray();
    }

    /// <summary>What follows the header, item by item: for tests that drop or swap them.</summary>
    public IEnumerable<byte[]> Items(long offset, long end)
    {
        bool isLast = _start + _length == _content.Length;
        bool isWanted = _start < end && (offset < _start + _length || isLast);
        if (!isWanted)
            return [];

        return _left is null || _right is null
            ? [_content[_start..(_start + _length)]]
            : [[.. _left.Cv, .. _right.Cv], .. _left.Items(offset, end), .. _right.Items(offset, end)];
    }
}

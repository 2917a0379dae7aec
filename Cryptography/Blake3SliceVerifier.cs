using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ZeroKSync.Cryptography.Blake;

namespace ZeroKSync.Cryptography;

/// <summary>
/// Takes a slice (<see cref="Blake3SlicePlan"/>) in any pieces, from whoever has it, and hands out content as soon as the root proves it,
/// and nothing else. It keeps at most one group of 16 KiB and one chaining value for each level of the tree, whatever length the slice
/// claims. One thread at a time.
/// </summary>
public sealed class Blake3SliceVerifier
{
    private readonly ulong _offset;
    private readonly ulong _length;
    private readonly byte[] _item = new byte[Blake3.GroupBytes];

    // The nodes that are to come, the next one last, and what each of them must hash to.
    private readonly Blake3Node[] _nodes = new Blake3Node[Blake3Node.DepthMax];
    private readonly uint[] _cvs = new uint[Blake3Node.DepthMax * Blake3Core.CvWords];
    private int _waiting;

    private int _buffered;
    private bool _hasHeader;
    private bool _isRefused;
    private bool _isEndProven;
    private ulong _contentLength;
    private Blake3Range _range;

    /// <summary>A verifier of one slice.</summary>
    /// <param name="root"><see cref="Blake3.HashBytes"/>: the hash of the whole content.</param>
    /// <param name="offset">First byte wanted, as the slice was asked for.</param>
    /// <param name="length">Bytes wanted, as the slice was asked for.</param>
    /// <exception cref="ArgumentException"><paramref name="root"/> has another length.</exception>
    public Blake3SliceVerifier(ReadOnlySpan<byte> root, ulong offset, ulong length)
    {
        Argument.ThrowUnlessLength(root.Length, Blake3.HashBytes, nameof(root));
        (_offset, _length) = (offset, length);
        Blake3Core.Load(root, Cv(0));
    }

    /// <summary>Whether the slice has come to its end and all of it is proven. A stream that ends before was truncated.</summary>
    public bool IsComplete => _hasHeader && _waiting == 0 && !_isRefused;

    /// <summary>Takes the next bytes of the slice.</summary>
    /// <param name="slice">Any number of them.</param>
    /// <param name="content">Receives what they prove of the range, in order: at most as many bytes as came so far.</param>
    /// <returns>False when they are not the slice's, or more than it has; from then on always.</returns>
    public bool TryAppend(ReadOnlySpan<byte> slice, IBufferWriter<byte> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        while (!slice.IsEmpty && !_isRefused)
        {
            if (IsComplete)
            {
                _isRefused = true;
                break;
            }

            int missing = NextBytes - _buffered;
            if (_buffered > 0 || slice.Length < missing)
            {
                int taken = Math.Min(missing, slice.Length);
                slice[..taken].CopyTo(_item.AsSpan(_buffered));
                _buffered += taken;
                slice = slice[taken..];
                if (taken == missing)
                {
                    _isRefused = !TryTake(_item.AsSpan(0, _buffered), content);
                    _buffered = 0;
                }
            }
            else
            {
                _isRefused = !TryTake(slice[..missing], content);
                slice = slice[missing..];
            }
        }

        return !_isRefused;
    }

    /// <summary>The length of the whole content, once it is proven: by a slice that reaches the end.</summary>
    /// <param name="contentLength">In bytes; 0 where it is not proven.</param>
    /// <returns>False before, and for a slice that ends before the content does: there it is only claimed.</returns>
    public bool TryGetContentLength(out ulong contentLength)
    {
        bool isProven = _isEndProven && IsComplete;
        contentLength = isProven ? _contentLength : 0;
        return isProven;
    }

    private int NextBytes => !_hasHeader ? Blake3SlicePlan.HeaderBytes
        : _nodes[_waiting - 1] is { IsGroup: true } group ? group.ContentBytes(_contentLength)
        : Blake3OutboardWriter.ParentBytes;

    private bool TryTake(ReadOnlySpan<byte> item, IBufferWriter<byte> content)
    {
        if (!_hasHeader)
        {
            return TryTakeHeader(item, content);
        }

        return _nodes[_waiting - 1].IsGroup ? TryTakeGroup(item, content) : TryTakeParent(item);
    }

    private bool TryTakeHeader(ReadOnlySpan<byte> header, IBufferWriter<byte> content)
    {
        _hasHeader = true;
        _contentLength = BinaryPrimitives.ReadUInt64LittleEndian(header);
        _range = new Blake3Range(_contentLength, _offset, _length);
        _nodes[0] = Blake3Node.Root(_contentLength);
        _waiting = 1;

        // No bytes follow a claim that there are none, so it is held against the root at once.
        return _contentLength > 0 || TryTakeGroup([], content);
    }

    private bool TryTakeGroup(ReadOnlySpan<byte> group, IBufferWriter<byte> content)
    {
        _waiting--;
        Blake3Node node = _nodes[_waiting];
        Span<uint> cv = stackalloc uint[Blake3Core.CvWords];
        Blake3Subtree.Hash(Blake3Mode.Hash, group, node.FirstGroup * Blake3Subtree.GroupChunks, IsRoot(node), cv);
        if (!IsExpected(cv))
        {
            return false;
        }

        // Its bytes are where the claimed length says, and the content has no other end: the length of the last group is in its hash.
        _isEndProven = node.FirstGroup + 1 == Blake3Node.Root(_contentLength).Groups;
        ulong start = Math.Max(node.Start, _range.Start);
        ulong end = Math.Min(node.Start + (ulong)group.Length, _range.End);
        if (start < end)
        {
            content.Write(group[(int)(start - node.Start)..(int)(end - node.Start)]);
        }

        return true;
    }

    private bool TryTakeParent(ReadOnlySpan<byte> parent)
    {
        _waiting--;
        Blake3Node node = _nodes[_waiting];
        Span<uint> words = stackalloc uint[3 * Blake3Core.CvWords];
        Span<uint> left = words[..Blake3Core.CvWords];
        Span<uint> right = words.Slice(Blake3Core.CvWords, Blake3Core.CvWords);
        Span<uint> cv = words[(2 * Blake3Core.CvWords)..];
        Blake3Core.Load(parent, left);
        Blake3Core.Load(parent[Blake3Core.CvBytes..], right);
        Blake3Core.HashParent(Blake3Mode.Hash, left, right, IsRoot(node), cv);
        if (!IsExpected(cv))
        {
            return false;
        }

        Expect(node.Right, right);
        Expect(node.Left, left);
        return true;
    }

    private void Expect(Blake3Node node, ReadOnlySpan<uint> cv)
    {
        if (_range.Meets(node))
        {
            _nodes[_waiting] = node;
            cv.CopyTo(Cv(_waiting));
            _waiting++;
        }
    }

    private bool IsRoot(Blake3Node node) => node == Blake3Node.Root(_contentLength);

    private bool IsExpected(ReadOnlySpan<uint> cv) => CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(cv), MemoryMarshal.AsBytes(Cv(_waiting)));

    private Span<uint> Cv(int index) => _cvs.AsSpan(index * Blake3Core.CvWords, Blake3Core.CvWords);
}

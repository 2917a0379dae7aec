using System.Buffers;
using System.Buffers.Binary;
using ZeroKSync.Cryptography.Blake;

namespace ZeroKSync.Cryptography;

/// <summary>
/// What a slice consists of: the length of the content (8 bytes, little-endian), then the parents and groups that prove a range, in
/// pre-order. It is Bao's slice format, with groups of 16 chunks for leaves. The plan reads nothing: it says what to read next, so that files
/// and memory are the caller's. One thread at a time.
/// </summary>
public sealed class Blake3SlicePlan
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = sizeof(ulong);

    private readonly ulong _contentLength;
    private readonly Blake3Range _range;
    private readonly Stack<Blake3Node> _waiting = new(Blake3Node.DepthMax);

    /// <summary>A plan for the bytes from <paramref name="offset"/> on.</summary>
    /// <param name="contentLength">In bytes: the true one, for it is what the verifier holds against the root.</param>
    /// <param name="offset">Any: at or behind the end, the slice proves the end.</param>
    /// <param name="length">In bytes, as far as the content has them; 0 proves the group at <paramref name="offset"/>.</param>
    public Blake3SlicePlan(ulong contentLength, ulong offset, ulong length)
    {
        _contentLength = contentLength;
        _range = new Blake3Range(contentLength, offset, length);

        // Empty content is proven by its header alone.
        if (contentLength > 0)
        {
            _waiting.Push(Blake3Node.Root(contentLength));
        }
    }

    /// <summary>Writes a whole slice of content that is in memory.</summary>
    /// <param name="outboard">As <see cref="Blake3OutboardWriter"/> wrote it.</param>
    /// <param name="slice">Receives header and parts.</param>
    /// <exception cref="ArgumentException"><paramref name="outboard"/> is not as long as that of this content.</exception>
    public static void WriteSlice(ReadOnlySpan<byte> content, ReadOnlySpan<byte> outboard, ulong offset, ulong length, IBufferWriter<byte> slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        Argument.ThrowUnlessLength(outboard.Length, checked((int)Blake3OutboardWriter.OutboardBytes((ulong)content.Length)), nameof(outboard));
        var plan = new Blake3SlicePlan((ulong)content.Length, offset, length);
        plan.WriteHeader(slice.GetSpan(HeaderBytes)[..HeaderBytes]);
        slice.Advance(HeaderBytes);
        while (plan.TryNext(out Blake3SlicePart part))
        {
            ReadOnlySpan<byte> source = part.Source == Blake3SliceSource.Outboard ? outboard : content;
            slice.Write(source.Slice((int)part.Offset, part.Length));
        }
    }

    /// <summary>Writes what comes before the parts.</summary>
    /// <param name="header">Receives <see cref="HeaderBytes"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="header"/> has another length.</exception>
    public void WriteHeader(Span<byte> header)
    {
        Argument.ThrowUnlessLength(header.Length, HeaderBytes, nameof(header));
        BinaryPrimitives.WriteUInt64LittleEndian(header, _contentLength);
    }

    /// <summary>The next part.</summary>
    /// <returns>False when the slice is complete.</returns>
    public bool TryNext(out Blake3SlicePart part)
    {
        part = default;
        if (!_waiting.TryPop(out Blake3Node node))
        {
            return false;
        }

        if (node.IsGroup)
        {
            part = new Blake3SlicePart(Blake3SliceSource.Content, node.Start, node.ContentBytes(_contentLength));
            return true;
        }

        if (_range.Meets(node.Right))
        {
            _waiting.Push(node.Right);
        }

        if (_range.Meets(node.Left))
        {
            _waiting.Push(node.Left);
        }

        part = new Blake3SlicePart(Blake3SliceSource.Outboard, node.ParentIndex * Blake3OutboardWriter.ParentBytes, Blake3OutboardWriter.ParentBytes);
        return true;
    }
}

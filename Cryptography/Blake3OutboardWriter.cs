using System.Buffers;
using ZeroKSync.Cryptography.Blake;

namespace ZeroKSync.Cryptography;

/// <summary>
/// Makes the outboard of content that streams through: all parents of its tree down to groups of 16 KiB, each the chaining values of its
/// two children (64 bytes), children before parents. So it can be written while the content arrives, with 18 KiB of memory for any length;
/// <see cref="Blake3SlicePlan"/> finds its way in it. One thread at a time.
/// </summary>
public sealed class Blake3OutboardWriter
{
    /// <summary>Bytes of one parent.</summary>
    public const int ParentBytes = 2 * Blake3.HashBytes;

    private readonly Blake3Accumulator _accumulator = new(isSecret: false);
    private bool _isFinished;

    /// <summary>Bytes of content so far.</summary>
    public ulong Length => _accumulator.Length;

    /// <summary>Bytes of the outboard of a content: one parent less than it has groups, about 0.4 %.</summary>
    /// <param name="contentLength">In bytes.</param>
    public static ulong OutboardBytes(ulong contentLength) => (Blake3Node.Root(contentLength).Groups - 1) * ParentBytes;

    /// <summary>Takes more content.</summary>
    /// <param name="outboard">Receives the parents that are finished by it.</param>
    /// <exception cref="InvalidOperationException">It is finished.</exception>
    public void Append(ReadOnlySpan<byte> content, IBufferWriter<byte> outboard)
    {
        ArgumentNullException.ThrowIfNull(outboard);
        ThrowIfFinished();
        _accumulator.Append(Blake3Mode.Hash, content, outboard);
    }

    /// <summary>Says that the content has ended.</summary>
    /// <param name="outboard">Receives the parents that are left.</param>
    /// <param name="root">Receives <see cref="Blake3.HashBytes"/>: the hash of the content, its address.</param>
    /// <exception cref="ArgumentException"><paramref name="root"/> has another length.</exception>
    /// <exception cref="InvalidOperationException">It is finished.</exception>
    public void Finish(IBufferWriter<byte> outboard, Span<byte> root)
    {
        ArgumentNullException.ThrowIfNull(outboard);
        Argument.ThrowUnlessLength(root.Length, Blake3.HashBytes, nameof(root));
        ThrowIfFinished();
        _isFinished = true;
        _accumulator.GetRoot(Blake3Mode.Hash, root, outboard);
    }

    private void ThrowIfFinished()
    {
        if (_isFinished)
        {
            throw new InvalidOperationException("The content has ended.");
        }
    }
}

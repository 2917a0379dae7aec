using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>
/// The tree over input that comes in pieces: one group of input, and one chaining value for each finished subtree that waits for its
/// sibling; never the whole input. It does not own the mode's key.
/// </summary>
/// <param name="isSecret">Whether the input is: then no copy is left behind by the garbage collector, which moves what is not pinned.</param>
internal sealed class Blake3Accumulator(bool isSecret)
{
    // 2^64 bytes have 2^50 groups: never more than 50 finished subtrees wait for a sibling.
    private const int LevelsMax = 50;

    private readonly byte[] _group = GC.AllocateArray<byte>(Blake3Subtree.GroupBytes, pinned: isSecret);
    private readonly uint[] _levels = GC.AllocateArray<uint>(LevelsMax * Blake3Core.CvWords, pinned: isSecret);
    private int _buffered;
    private int _levelCount;
    private ulong _groupCount;

    /// <summary>Bytes taken so far.</summary>
    internal ulong Length => (_groupCount * Blake3Subtree.GroupBytes) + (ulong)_buffered;

    /// <summary>Takes more input.</summary>
    /// <param name="parents">Receives every parent of groups that is finished, 64 bytes each, children before parents; null where nobody wants them.</param>
    internal void Append(Blake3Mode mode, ReadOnlySpan<byte> input, IBufferWriter<byte>? parents)
    {
        Span<uint> cvs = stackalloc uint[Blake3Subtree.BatchGroups * Blake3Core.CvWords];
        while (!input.IsEmpty)
        {
            // A full group is finished only when more follows: the last one may be the root.
            if (_buffered == Blake3Subtree.GroupBytes)
            {
                FinishGroups(mode, _group, cvs, parents);
                _buffered = 0;
            }

            while (_buffered == 0 && input.Length > Blake3Subtree.GroupBytes)
            {
                int groups = Math.Min((input.Length - 1) / Blake3Subtree.GroupBytes, Blake3Subtree.BatchGroups);
                FinishGroups(mode, input[..(groups * Blake3Subtree.GroupBytes)], cvs, parents);
                input = input[(groups * Blake3Subtree.GroupBytes)..];
            }

            int taken = Math.Min(input.Length, Blake3Subtree.GroupBytes - _buffered);
            input[..taken].CopyTo(_group.AsSpan(_buffered));
            _buffered += taken;
            input = input[taken..];
        }
    }

    /// <summary>The root over the input so far; more may follow, unless the parents were taken.</summary>
    /// <param name="parents">Receives the parents that <see cref="Append"/> could not finish: the right edge of the tree.</param>
    internal void GetRoot(Blake3Mode mode, Span<byte> root, IBufferWriter<byte>? parents)
    {
        Span<uint> cv = stackalloc uint[Blake3Core.CvWords];
        Blake3Subtree.Hash(mode, _group.AsSpan(0, _buffered), _groupCount * Blake3Subtree.GroupChunks, isRoot: _levelCount == 0, cv);
        for (int level = _levelCount - 1; level >= 0; level--)
        {
            Join(mode, Level(level), cv, isRoot: level == 0, parents);
        }

        Blake3Core.Store(cv, root);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(cv));
    }

    /// <summary>Forgets all input, and zeroes what was kept of it.</summary>
    internal void Clear()
    {
        CryptographicOperations.ZeroMemory(_group);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_levels.AsSpan()));
        (_buffered, _levelCount, _groupCount) = (0, 0, 0);
    }

    private void FinishGroups(Blake3Mode mode, ReadOnlySpan<byte> groups, Span<uint> cvs, IBufferWriter<byte>? parents)
    {
        int count = groups.Length / Blake3Subtree.GroupBytes;
        Blake3Subtree.HashGroups(mode, groups, _groupCount, cvs);
        for (int i = 0; i < count; i++)
        {
            Span<uint> cv = cvs.Slice(i * Blake3Core.CvWords, Blake3Core.CvWords);
            _groupCount++;

            // As many subtrees are complete now as the number of groups has trailing zero bits.
            for (int complete = BitOperations.TrailingZeroCount(_groupCount); complete > 0; complete--)
            {
                _levelCount--;
                Join(mode, Level(_levelCount), cv, isRoot: false, parents);
            }

            cv.CopyTo(Level(_levelCount));
            _levelCount++;
        }
    }

    private static void Join(Blake3Mode mode, ReadOnlySpan<uint> left, Span<uint> right, bool isRoot, IBufferWriter<byte>? parents)
    {
        if (parents is not null)
        {
            Span<byte> parent = parents.GetSpan(Blake3Core.BlockBytes);
            Blake3Core.Store(left, parent);
            Blake3Core.Store(right, parent[Blake3Core.CvBytes..]);
            parents.Advance(Blake3Core.BlockBytes);
        }

        Blake3Core.HashParent(mode, left, right, isRoot, right);
    }

    private Span<uint> Level(int level) => _levels.AsSpan(level * Blake3Core.CvWords, Blake3Core.CvWords);
}

using System.Numerics;
using ZeroKSync.Cryptography.Blake;

namespace ZeroKSync.Cryptography;

/// <summary>
/// BLAKE3 over input that comes in pieces. It keeps one group of input and one chaining value for each level of the tree, never the
/// whole input. One thread at a time.
/// </summary>
public sealed class Blake3Hasher
{
    // 2^64 bytes have 2^50 groups: never more than 50 finished subtrees wait for a sibling.
    private const int LevelsMax = 50;

    private readonly byte[] _group = new byte[Blake3.GroupBytes];
    private readonly uint[] _stack = new uint[LevelsMax * Blake3Core.Words];
    private int _buffered;
    private int _levels;
    private ulong _groups;

    /// <summary>Bytes hashed so far.</summary>
    public ulong Length => (_groups * Blake3.GroupBytes) + (ulong)_buffered;

    /// <summary>Takes more input.</summary>
    public void Append(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            // A full group is finished only when more follows: the last one may be the root.
            if (_buffered == Blake3.GroupBytes)
            {
                FinishGroup(_group);
                _buffered = 0;
            }

            while (_buffered == 0 && input.Length > Blake3.GroupBytes)
            {
                FinishGroup(input[..Blake3.GroupBytes]);
                input = input[Blake3.GroupBytes..];
            }

            int taken = Math.Min(input.Length, Blake3.GroupBytes - _buffered);
            input[..taken].CopyTo(_group.AsSpan(_buffered));
            _buffered += taken;
            input = input[taken..];
        }
    }

    /// <summary>The hash of the input so far; more may follow.</summary>
    /// <param name="hash">Receives 32 bytes.</param>
    public void GetHash(Span<byte> hash)
    {
        Argument.ThrowUnlessLength(hash.Length, Blake3.HashBytes, nameof(hash));
        Span<uint> cv = stackalloc uint[Blake3Core.Words];
        Blake3Subtree.Hash(_group.AsSpan(0, _buffered), FirstChunk, _levels == 0 ? Blake3Core.Root : 0, cv);
        for (int level = _levels - 1; level >= 0; level--)
        {
            Blake3Core.HashParent(Level(level), cv, level == 0 ? Blake3Core.Root : 0, cv);
        }

        Blake3Core.Store(cv, hash);
    }

    /// <summary>Forgets all input and starts anew.</summary>
    public void Reset()
    {
        Array.Clear(_group);
        Array.Clear(_stack);
        (_buffered, _levels, _groups) = (0, 0, 0);
    }

    private ulong FirstChunk => _groups * (Blake3.GroupBytes / Blake3.ChunkBytes);

    private void FinishGroup(ReadOnlySpan<byte> group)
    {
        Span<uint> cv = stackalloc uint[Blake3Core.Words];
        Blake3Subtree.Hash(group, FirstChunk, 0, cv);
        _groups++;

        // As many subtrees are complete now as the number of groups has trailing zero bits.
        for (int complete = BitOperations.TrailingZeroCount(_groups); complete > 0; complete--)
        {
            _levels--;
            Blake3Core.HashParent(Level(_levels), cv, 0, cv);
        }

        cv.CopyTo(Level(_levels));
        _levels++;
    }

    private Span<uint> Level(int level) => _stack.AsSpan(level * Blake3Core.Words, Blake3Core.Words);
}

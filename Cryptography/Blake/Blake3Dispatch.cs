using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ZeroKSync.Cryptography.Blake;

/// <summary>Hashes many nodes at once: the widest vectors take the sets that fill them, narrower ones the rest, the scalar core what is left.</summary>
internal static class Blake3Dispatch
{
    /// <summary>The widest this machine has.</summary>
    internal static Blake3Width Widest { get; } = Enum.GetValues<Blake3Width>().Where(IsSupported).Max();

    /// <summary>Whether this machine has vectors of that width. Words are read as they lie in memory, which is BLAKE3's order on little-endian machines only.</summary>
    internal static bool IsSupported(Blake3Width width) => width switch
    {
        Blake3Width.Scalar => true,
        Blake3Width.Four => BitConverter.IsLittleEndian && Vector128.IsHardwareAccelerated,
        Blake3Width.Eight => Vector256.IsHardwareAccelerated && Avx2.IsSupported,
        // False as well where the processor has them but slows down for them.
        Blake3Width.Sixteen => Vector512.IsHardwareAccelerated && Avx512F.IsSupported,
        _ => throw new ArgumentOutOfRangeException(nameof(width)),
    };

    /// <summary>The chaining values of whole chunks that are not the root.</summary>
    /// <param name="chunks">A multiple of <see cref="Blake3Core.ChunkBytes"/>.</param>
    /// <param name="firstChunk">Number of the first.</param>
    /// <param name="cvs">Receives one for each chunk.</param>
    internal static void HashChunks(Blake3Mode mode, ReadOnlySpan<byte> chunks, ulong firstChunk, Span<uint> cvs)
    {
        int done = 0;
        if (mode.Width > Blake3Width.Scalar)
        {
            ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(chunks);
            if (mode.Width >= Blake3Width.Sixteen)
            {
                done = Blake3Lanes<Lanes16>.HashChunks(mode, words, firstChunk, cvs, done);
            }

            if (mode.Width >= Blake3Width.Eight)
            {
                done = Blake3Lanes<Lanes8>.HashChunks(mode, words, firstChunk, cvs, done);
            }

            done = Blake3Lanes<Lanes4>.HashChunks(mode, words, firstChunk, cvs, done);
        }

        for (; done * Blake3Core.ChunkBytes < chunks.Length; done++)
        {
            ReadOnlySpan<byte> chunk = chunks.Slice(done * Blake3Core.ChunkBytes, Blake3Core.ChunkBytes);
            Blake3Core.HashChunk(mode, chunk, firstChunk + (ulong)done, isRoot: false, Cv(cvs, done));
        }
    }

    /// <summary>Replaces chaining values by those of their parents, in pairs; an odd last one rises unchanged. None of them is the root.</summary>
    /// <returns>How many there are now.</returns>
    internal static int HashParents(Blake3Mode mode, Span<uint> cvs, int count)
    {
        int parents = count / 2;
        int done = 0;
        if (mode.Width >= Blake3Width.Sixteen)
        {
            done = Blake3Lanes<Lanes16>.HashParents(mode, cvs, cvs, parents, done);
        }

        if (mode.Width >= Blake3Width.Eight)
        {
            done = Blake3Lanes<Lanes8>.HashParents(mode, cvs, cvs, parents, done);
        }

        if (mode.Width >= Blake3Width.Four)
        {
            done = Blake3Lanes<Lanes4>.HashParents(mode, cvs, cvs, parents, done);
        }

        for (; done < parents; done++)
        {
            Blake3Core.HashParent(mode, Cv(cvs, 2 * done), Cv(cvs, (2 * done) + 1), isRoot: false, Cv(cvs, done));
        }

        if (count % 2 == 0)
        {
            return parents;
        }

        Cv(cvs, count - 1).CopyTo(Cv(cvs, parents));
        return parents + 1;
    }

    private static Span<uint> Cv(Span<uint> cvs, int index) => cvs.Slice(index * Blake3Core.CvWords, Blake3Core.CvWords);
}

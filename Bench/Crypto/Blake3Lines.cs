using System.Buffers;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Cryptography.Blake;

namespace ZeroKSync.Bench.Crypto;

/// <summary>BLAKE3 in every width of vectors this machine has, its modes, and verified streaming, beside SHA-256 of the same bytes.</summary>
internal static class Blake3Lines
{
    private const int Small = 1 << 10;
    private const int Group = Blake3.GroupBytes;
    private const int Large = 1 << 20;
    private const int Huge = 64 << 20;
    private const int PieceBytes = 64 << 10;

    // What content addressing asks for: 1 GB/s and more for large inputs.
    private const double TargetGigabytes = 1;

    public static IEnumerable<CryptoLine> All()
    {
        yield return Line("BLAKE3 hash, 1 KiB", Small, input => Blake3.Hash(input, new byte[Blake3.HashBytes]));
        yield return Line("BLAKE3 hash, 16 KiB", Group, input => Blake3.Hash(input, new byte[Blake3.HashBytes]));
        yield return Line("BLAKE3 hash, 1 MiB", Large, input => Blake3.Hash(input, new byte[Blake3.HashBytes])) with { Target = TargetGigabytes };
        yield return Line("BLAKE3 hash, 64 MiB", Huge, input => Blake3.Hash(input, new byte[Blake3.HashBytes])) with { Target = TargetGigabytes };
        foreach (Blake3Width width in Enum.GetValues<Blake3Width>().Where(Blake3Dispatch.IsSupported))
        {
            yield return Line($"BLAKE3 hash, 1 MiB, {(int)width} at once", Large, input => Blake3.Hash(new Blake3Mode(Blake3Core.Iv, 0, width), input, new byte[Blake3.HashBytes]));
            yield return Line($"BLAKE3 hash, 64 MiB, {(int)width} at once", Huge, input => Blake3.Hash(new Blake3Mode(Blake3Core.Iv, 0, width), input, new byte[Blake3.HashBytes]));
        }

        byte[] key = RandomNumberGenerator.GetBytes(Blake3.KeyBytes);
        yield return Line("BLAKE3 keyed hash, 64 MiB", Huge, input => Blake3.KeyedHash(key, input, new byte[Blake3.HashBytes])) with { Target = TargetGigabytes };
        yield return Line("BLAKE3 hash, 64 MiB in pieces of 64 KiB", Huge, HashPieces) with { Target = TargetGigabytes };
        yield return Line("BLAKE3 outboard, 64 MiB", Huge, input => Outboard(input)) with { Target = TargetGigabytes };
        yield return VerifyLine("BLAKE3 verify, all of 64 MiB", 0, Huge) with { Target = TargetGigabytes };
        yield return VerifyLine("BLAKE3 verify, 1 MiB of 64 MiB", 33_333_333, Large);
        yield return VerifyLine("BLAKE3 verify, 64 KiB of 64 MiB", 33_333_333, PieceBytes);
    }

    private static CryptoLine Line(string what, int bytes, Action<byte[]> own) => new(what, "GB/s", bytes / 1e9, "SHA-256", () =>
    {
        byte[] input = RandomNumberGenerator.GetBytes(bytes);
        return new CryptoWork(() => own(input), () => SHA256.HashData(input));
    });

    // The rate counts the bytes of the range, not the whole groups and the parents that prove it.
    private static CryptoLine VerifyLine(string what, int offset, int length) => new(what, "GB/s", length / 1e9, "SHA-256", () =>
    {
        byte[] content = RandomNumberGenerator.GetBytes(Huge);
        (byte[] root, byte[] outboard) = Outboard(content);
        var slice = new ArrayBufferWriter<byte>();
        Blake3SlicePlan.WriteSlice(content, outboard, (ulong)offset, (ulong)length, slice);
        var received = new ArrayBufferWriter<byte>(length);
        return new CryptoWork(
            () =>
            {
                received.ResetWrittenCount();
                Verify(root, offset, length, slice.WrittenSpan, received);
            },
            () => SHA256.HashData(content.AsSpan(offset, length)));
    });

    private static void HashPieces(byte[] input)
    {
        using var hasher = new Blake3Hasher();
        for (int at = 0; at < input.Length; at += PieceBytes)
            hasher.Append(input.AsSpan(at, PieceBytes));

        hasher.GetHash(new byte[Blake3.HashBytes]);
    }

    private static (byte[] Root, byte[] Outboard) Outboard(byte[] content)
    {
        var writer = new Blake3OutboardWriter();
        var outboard = new ArrayBufferWriter<byte>((int)Blake3OutboardWriter.OutboardBytes((ulong)content.Length));
        byte[] root = new byte[Blake3.HashBytes];
        writer.Append(content, outboard);
        writer.Finish(outboard, root);
        return (root, outboard.WrittenSpan.ToArray());
    }

    private static void Verify(byte[] root, int offset, int length, ReadOnlySpan<byte> slice, ArrayBufferWriter<byte> received)
    {
        var verifier = new Blake3SliceVerifier(root, (ulong)offset, (ulong)length);
        while (!slice.IsEmpty)
        {
            ReadOnlySpan<byte> piece = slice[..Math.Min(PieceBytes, slice.Length)];
            if (!verifier.TryAppend(piece, received))
                throw new InvalidOperationException("A good slice was refused.");

            slice = slice[piece.Length..];
        }

        if (!verifier.IsComplete || received.WrittenCount != length)
            throw new InvalidOperationException("A good slice was not complete.");
    }
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ZeroKSync.Cryptography.Blake;

namespace ZeroKSync.Cryptography;

/// <summary>
/// BLAKE3 (version 1 of the paper) with 32 bytes of output, in its three modes, over input that is at hand. <see cref="Blake3Hasher"/> takes
/// input in pieces; <see cref="Blake3OutboardWriter"/>, <see cref="Blake3SlicePlan"/> and <see cref="Blake3SliceVerifier"/> verify ranges.
/// </summary>
public static class Blake3
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = Blake3Core.CvBytes;

    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = Blake3Core.CvBytes;

    /// <summary>Bytes of a chunk, the leaf of the tree.</summary>
    public const int ChunkBytes = Blake3Core.ChunkBytes;

    /// <summary>Bytes of a group of 16 chunks, the smallest part that is verified.</summary>
    public const int GroupBytes = Blake3Subtree.GroupBytes;

    /// <summary>Hashes the whole input (section 2.3, mode hash).</summary>
    /// <param name="input">Any length, zero included.</param>
    /// <param name="hash">Receives <see cref="HashBytes"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="hash"/> has another length.</exception>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> hash) => Hash(Blake3Mode.Hash, input, hash);

    /// <summary>A message authentication code, or pseudorandom function, of the whole input (section 2.3, mode keyed_hash).</summary>
    /// <param name="key"><see cref="KeyBytes"/>, uniformly random. To be compared, codes go through a constant-time comparison.</param>
    /// <param name="input">Any length, zero included.</param>
    /// <param name="code">Receives <see cref="HashBytes"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> or <paramref name="code"/> has another length.</exception>
    public static void KeyedHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> code)
    {
        Argument.ThrowUnlessLength(key.Length, KeyBytes, nameof(key));
        Argument.ThrowUnlessLength(code.Length, HashBytes, nameof(code));
        Span<uint> words = stackalloc uint[Blake3Core.CvWords];
        Blake3Core.Load(key, words);
        Hash(new Blake3Mode(words, Blake3Core.KeyedHash, Blake3Dispatch.Widest), input, code);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
    }

    /// <summary>Derives a key from key material that has enough entropy; a passphrase has not (section 2.3, mode derive_key).</summary>
    /// <param name="context">What the key is for: a constant of <see cref="Labels"/>, never input.</param>
    /// <param name="material">Any length.</param>
    /// <param name="key">Receives <see cref="KeyBytes"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> has another length.</exception>
    public static void DeriveKey(ReadOnlySpan<byte> context, ReadOnlySpan<byte> material, Span<byte> key)
    {
        Argument.ThrowUnlessLength(key.Length, KeyBytes, nameof(key));
        Span<uint> words = stackalloc uint[Blake3Core.CvWords];
        LoadContext(context, Blake3Dispatch.Widest, words);
        Hash(new Blake3Mode(words, Blake3Core.DeriveKeyMaterial, Blake3Dispatch.Widest), material, key);
    }

    /// <summary>The words that take the key's place in the derivation. They are no secret: the context is not.</summary>
    internal static void LoadContext(ReadOnlySpan<byte> context, Blake3Width width, Span<uint> words)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        Hash(new Blake3Mode(Blake3Core.Iv, Blake3Core.DeriveKeyContext, width), context, hash);
        Blake3Core.Load(hash, words);
    }

    internal static void Hash(Blake3Mode mode, ReadOnlySpan<byte> input, Span<byte> hash)
    {
        Argument.ThrowUnlessLength(hash.Length, HashBytes, nameof(hash));
        Span<uint> cv = stackalloc uint[Blake3Core.CvWords];
        Blake3Subtree.Hash(mode, input, 0, isRoot: true, cv);
        Blake3Core.Store(cv, hash);
        // A derived key, in the mode that makes one.
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(cv));
    }
}

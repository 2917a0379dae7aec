using System.Runtime.InteropServices;
using ZeroKSync.Cryptography.Blake;

namespace ZeroKSync.Cryptography;

/// <summary>
/// BLAKE3 over input that comes in pieces, in one of its three modes. It keeps 16 KiB of input and 32 bytes for each level of the tree,
/// never the whole input. A key lies in locked memory; it and all that was kept of the input are zeroed by <see cref="Dispose"/>. One
/// thread at a time.
/// </summary>
public sealed class Blake3Hasher : IDisposable
{
    private readonly Blake3Accumulator _accumulator;
    private readonly SecretBytes? _key;
    private readonly uint _flags;
    private readonly Blake3Width _width;
    private bool _isDisposed;

    /// <summary>Plain hashing: see <see cref="Blake3.Hash(ReadOnlySpan{byte}, Span{byte})"/>.</summary>
    public Blake3Hasher()
        : this(Blake3Dispatch.Widest)
    {
    }

    internal Blake3Hasher(Blake3Width width)
    {
        _width = width;
        _accumulator = new Blake3Accumulator(isSecret: false);
    }

    private Blake3Hasher(SecretBytes key, uint flags, Blake3Width width)
    {
        (_key, _flags, _width) = (key, flags, width);
        _accumulator = new Blake3Accumulator(isSecret: true);
    }

    /// <summary>Bytes hashed so far.</summary>
    public ulong Length => _accumulator.Length;

    /// <summary>A hasher that does what <see cref="Blake3.KeyedHash"/> does.</summary>
    /// <param name="key"><see cref="Blake3.KeyBytes"/>; copied, so that zeroing the source is the caller's.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> has another length.</exception>
    public static Blake3Hasher CreateKeyed(ReadOnlySpan<byte> key) => CreateKeyed(key, Blake3Dispatch.Widest);

    /// <summary>A hasher that does what <see cref="Blake3.DeriveKey"/> does: its input is the key material, its hash the key.</summary>
    /// <param name="context">What the key is for: a constant of <see cref="Labels"/>, never input.</param>
    public static Blake3Hasher CreateDeriveKey(ReadOnlySpan<byte> context) => CreateDeriveKey(context, Blake3Dispatch.Widest);

    /// <summary>Takes more input.</summary>
    /// <exception cref="ObjectDisposedException">It is gone.</exception>
    public void Append(ReadOnlySpan<byte> input)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _accumulator.Append(Mode, input, parents: null);
    }

    /// <summary>The hash of the input so far; more may follow.</summary>
    /// <param name="hash">Receives <see cref="Blake3.HashBytes"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="hash"/> has another length.</exception>
    /// <exception cref="ObjectDisposedException">It is gone.</exception>
    public void GetHash(Span<byte> hash)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Argument.ThrowUnlessLength(hash.Length, Blake3.HashBytes, nameof(hash));
        _accumulator.GetRoot(Mode, hash, parents: null);
    }

    /// <summary>Forgets all input, zeroes what was kept of it, and starts anew in the same mode with the same key.</summary>
    /// <exception cref="ObjectDisposedException">It is gone.</exception>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _accumulator.Clear();
    }

    /// <summary>Zeroes the key and all that was kept of the input. A second call does nothing.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _accumulator.Clear();
        _key?.Dispose();
    }

    internal static Blake3Hasher CreateKeyed(ReadOnlySpan<byte> key, Blake3Width width)
    {
        Argument.ThrowUnlessLength(key.Length, Blake3.KeyBytes, nameof(key));
        SecretBytes words = SecretBytes.Create(Blake3.KeyBytes);
        Blake3Core.Load(key, MemoryMarshal.Cast<byte, uint>(words.Writable));
        return new Blake3Hasher(words, Blake3Core.KeyedHash, width);
    }

    internal static Blake3Hasher CreateDeriveKey(ReadOnlySpan<byte> context, Blake3Width width)
    {
        SecretBytes words = SecretBytes.Create(Blake3.KeyBytes);
        Blake3.LoadContext(context, width, MemoryMarshal.Cast<byte, uint>(words.Writable));
        return new Blake3Hasher(words, Blake3Core.DeriveKeyMaterial, width);
    }

    // Words, not bytes: they were read from the key once.
    private Blake3Mode Mode => new(_key is null ? Blake3Core.Iv : MemoryMarshal.Cast<byte, uint>(_key.Span), _flags, _width);
}

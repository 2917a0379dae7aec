using System.Security.Cryptography;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Session;

/// <summary>
/// Noise's symmetric state (section 5.2) with SHA-256 and ChaCha20-Poly1305: chaining key, cipher key, nonce and transcript hash.
/// It knows no pattern; the two handshake classes say what is mixed in, and in which order.
/// </summary>
internal sealed class SymmetricState : IDisposable
{
    private const int HashBytes = SHA256.HashSizeInBytes;
    private const int KeyBytes = 32;

    // Chaining key, then cipher key.
    private readonly SecretBytes _keys = SecretBytes.Create(HashBytes + KeyBytes);
    private readonly byte[] _hash = new byte[HashBytes];
    private ulong _nonce;
    private bool _hasKey;

    internal SymmetricState(ReadOnlySpan<byte> prologue)
    {
        FrameCipher.ThrowIfUnsupported();
        SHA256.HashData(Labels.Handshake, _hash);
        _hash.CopyTo(_keys.Writable);
        MixHash(prologue);
    }

    /// <summary>The transcript so far.</summary>
    internal ReadOnlySpan<byte> Hash => _hash;

    private ReadOnlySpan<byte> ChainingKey => _keys.Span[..HashBytes];

    internal void MixHash(ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_hash);
        hash.AppendData(data);
        hash.GetHashAndReset(_hash);
    }

    internal void MixKey(ReadOnlySpan<byte> inputKey)
    {
        Span<byte> keys = stackalloc byte[HashBytes + KeyBytes];
        Hkdf.Derive(inputKey, ChainingKey, info: default, keys);
        keys.CopyTo(_keys.Writable);
        CryptographicOperations.ZeroMemory(keys);
        _nonce = 0;
        _hasKey = true;
    }

    /// <summary>Writes the plaintext as it is before the first key; afterwards encrypted, with a tag.</summary>
    internal void EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        if (_hasKey)
        {
            using var cipher = new FrameCipher(_keys.Span[HashBytes..]);
            cipher.Encrypt(_nonce++, _hash, plaintext, output);
        }
        else
        {
            plaintext.CopyTo(output);
        }

        MixHash(output);
    }

    internal bool TryDecryptAndHash(ReadOnlySpan<byte> input, Span<byte> plaintext)
    {
        if (_hasKey)
        {
            using var cipher = new FrameCipher(_keys.Span[HashBytes..]);
            if (!cipher.TryDecrypt(_nonce++, _hash, input, plaintext))
                return false;
        }
        else
        {
            input.CopyTo(plaintext);
        }

        MixHash(input);
        return true;
    }

    /// <summary>The two keys of the session side by side: initiator to responder first.</summary>
    internal SecretBytes Split()
    {
        SecretBytes keys = SecretBytes.Create(2 * KeyBytes);
        Hkdf.Derive(inputKey: default, ChainingKey, info: default, keys.Writable);
        return keys;
    }

    public void Dispose() => _keys.Dispose();
}

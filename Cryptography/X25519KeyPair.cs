namespace ZeroKSync.Cryptography;

/// <summary>An X25519 key pair; it owns its secret half and disposes of it.</summary>
public sealed class X25519KeyPair : IDisposable
{
    private readonly byte[] _publicKey = new byte[X25519.KeyBytes];

    /// <summary>Computes the public half.</summary>
    /// <param name="secretKey">32 bytes; from now on owned by this object.</param>
    public X25519KeyPair(SecretBytes secretKey)
    {
        X25519.GetPublicKey(secretKey, _publicKey);
        SecretKey = secretKey;
    }

    /// <summary>32 bytes, for everyone.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>32 bytes, for this party alone.</summary>
    public SecretBytes SecretKey { get; }

    /// <inheritdoc />
    public void Dispose() => SecretKey.Dispose();
}

using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Crypto;

/// <summary>
/// The keys of one epoch, derived from its group secret: the sync key seals blobs and cards, the admission seed signs what the relay may check.
/// It owns copies; the secret stays the caller's.
/// </summary>
internal sealed class GroupKeys : IDisposable
{
    public const int SecretBytesLength = 32;

    public GroupKeys(KeyEpoch epoch, SecretBytes secret)
    {
        if (secret.Length != SecretBytesLength)
            throw new ArgumentException("A group secret has 32 bytes.", nameof(secret));

        Epoch = epoch;
        SyncKey = Derive(secret, Labels.SyncKey);
        AdmissionSeed = Derive(secret, Labels.AdmissionSeed);
        Span<byte> key = stackalloc byte[AdmissionKey.Size];
        Ed25519.GetPublicKey(AdmissionSeed, key);
        AdmissionKey = AdmissionKey.Read(key);
    }

    public KeyEpoch Epoch { get; }

    public SecretBytes SyncKey { get; }

    public SecretBytes AdmissionSeed { get; }

    /// <summary>What the relay checks proofs with.</summary>
    public AdmissionKey AdmissionKey { get; }

    public void Dispose()
    {
        SyncKey.Dispose();
        AdmissionSeed.Dispose();
    }

    private static SecretBytes Derive(SecretBytes secret, ReadOnlySpan<byte> info)
    {
        SecretBytes key = SecretBytes.Create(SecretBytesLength);
        Hkdf.Derive(secret.Span, Labels.GroupKeySalt, info, key.Writable);
        return key;
    }
}

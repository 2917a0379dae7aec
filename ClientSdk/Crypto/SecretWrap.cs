using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Crypto;

/// <summary>
/// A new group secret for one device, sealed to its X25519 key and to the ML-KEM-768 key of its card: who breaks one of them has nothing.
/// <c>ephemeral X25519 key 32 || ML-KEM ciphertext 1088 || XChaCha20-Poly1305(wrap key, secret 32)</c> (docs/CRYPTOGRAPHY.md, Rotations).
/// </summary>
internal static class SecretWrap
{
    public const int Size = CiphertextOffset + GroupKeys.SecretBytesLength + XChaCha20Poly1305.TagBytes;

    private const int KemOffset = X25519.KeyBytes;
    private const int CiphertextOffset = KemOffset + MlKem768.CiphertextBytes;

    /// <summary>False where one of the device's keys is none: it is then left out of the rotation and named.</summary>
    /// <param name="group">Bound to the wrap, as device and epoch are.</param>
    /// <param name="device">Whose X25519 key it is.</param>
    /// <param name="encapsulationKey">1184 bytes, out of the device's card.</param>
    /// <param name="newEpoch">The secret's.</param>
    /// <param name="secret">32 bytes.</param>
    public static bool TrySeal(
        GroupId group, DeviceId device, ReadOnlySpan<byte> encapsulationKey, KeyEpoch newEpoch, SecretBytes secret, [NotNullWhen(true)] out byte[]? wrap)
    {
        wrap = null;
        byte[] made = new byte[Size];
        using X25519KeyPair ephemeral = X25519.GenerateKeyPair();
        ephemeral.PublicKey.CopyTo(made);
        using SecretBytes shared = SecretBytes.Create(X25519.KeyBytes + MlKem768.SharedSecretBytes);
        if (!X25519.TryAgree(ephemeral.SecretKey, device.ToArray(), shared.Writable[..X25519.KeyBytes])
            || !MlKem768.Default.TryEncapsulate(encapsulationKey, made.AsSpan(KemOffset, MlKem768.CiphertextBytes), shared.Writable[X25519.KeyBytes..]))
        {
            return false;
        }

        Span<byte> key = stackalloc byte[XChaCha20Poly1305.KeyBytes];
        DeriveKey(shared, made, group, device, newEpoch, key);
        // The key is derived from fresh keys of both kinds and used once: the nonce can be zero.
        XChaCha20Poly1305.Encrypt(key, ZeroNonce, secret.Span, [], made.AsSpan(CiphertextOffset));
        CryptographicOperations.ZeroMemory(key);
        wrap = made;
        return true;
    }

    /// <summary>False for a wrap that was not made for this device, group and epoch.</summary>
    public static bool TryOpen(GroupId group, DeviceKeys device, KeyEpoch newEpoch, ReadOnlySpan<byte> wrap, [NotNullWhen(true)] out SecretBytes? secret)
    {
        secret = null;
        if (wrap.Length != Size)
            return false;

        using SecretBytes shared = SecretBytes.Create(X25519.KeyBytes + MlKem768.SharedSecretBytes);
        if (!X25519.TryAgree(device.Agreement.SecretKey, wrap[..KemOffset], shared.Writable[..X25519.KeyBytes]))
            return false;

        MlKem768.Default.Decapsulate(device.KemSeed, wrap[KemOffset..CiphertextOffset], shared.Writable[X25519.KeyBytes..]);
        Span<byte> key = stackalloc byte[XChaCha20Poly1305.KeyBytes];
        DeriveKey(shared, wrap, group, device.DeviceId, newEpoch, key);
        SecretBytes opened = SecretBytes.Create(GroupKeys.SecretBytesLength);
        bool isOpen = XChaCha20Poly1305.TryDecrypt(key, ZeroNonce, wrap[CiphertextOffset..], [], opened.Writable);
        CryptographicOperations.ZeroMemory(key);
        if (!isOpen)
        {
            opened.Dispose();
            return false;
        }

        secret = opened;
        return true;
    }

    private static ReadOnlySpan<byte> ZeroNonce => new byte[XChaCha20Poly1305.NonceBytes];

    private static void DeriveKey(SecretBytes shared, ReadOnlySpan<byte> wrap, GroupId group, DeviceId device, KeyEpoch newEpoch, Span<byte> key)
    {
        Span<byte> info = stackalloc byte[Labels.Wrap.Length + CiphertextOffset + GroupId.Size + DeviceId.Size + sizeof(uint)];
        Labels.Wrap.CopyTo(info);
        Span<byte> rest = info[Labels.Wrap.Length..];
        wrap[..CiphertextOffset].CopyTo(rest);
        rest = rest[CiphertextOffset..];
        group.CopyTo(rest);
        rest = rest[GroupId.Size..];
        device.CopyTo(rest);
        BinaryPrimitives.WriteUInt32BigEndian(rest[DeviceId.Size..], newEpoch.Value);
        Hkdf.Derive(shared.Span, [], info, key);
    }
}

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Crypto;

/// <summary>
/// The secret of an older epoch as this device keeps it, sealed under a newer one, so that old blobs stay readable and one file holds the only
/// secret that lies open: <c>nonce 24 || XChaCha20-Poly1305(HKDF-Expand(sync key of the newer epoch, "zks/1 kept" || nonce, 32), secret)</c>,
/// associated data <c>"zks/1 kept" || group id || newer epoch u32 || older epoch u32</c>.
/// </summary>
internal static class KeptSecret
{
    public const int Size = XChaCha20Poly1305.NonceBytes + GroupKeys.SecretBytesLength + XChaCha20Poly1305.TagBytes;

    public static byte[] Seal(GroupId group, GroupKeys newer, KeyEpoch older, SecretBytes secret)
    {
        byte[] kept = new byte[Size];
        Span<byte> nonce = kept.AsSpan(0, XChaCha20Poly1305.NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        Span<byte> key = stackalloc byte[XChaCha20Poly1305.KeyBytes];
        DeriveKey(newer, nonce, key);
        XChaCha20Poly1305.Encrypt(key, nonce, secret.Span, AssociatedData(group, newer.Epoch, older), kept.AsSpan(XChaCha20Poly1305.NonceBytes));
        CryptographicOperations.ZeroMemory(key);
        return kept;
    }

    /// <summary>False for what was not kept by a holder of the newer epoch's secret, as exactly this epoch's.</summary>
    public static bool TryOpen(GroupId group, GroupKeys newer, KeyEpoch older, ReadOnlySpan<byte> kept, [NotNullWhen(true)] out SecretBytes? secret)
    {
        secret = null;
        if (kept.Length != Size)
            return false;

        ReadOnlySpan<byte> nonce = kept[..XChaCha20Poly1305.NonceBytes];
        Span<byte> key = stackalloc byte[XChaCha20Poly1305.KeyBytes];
        DeriveKey(newer, nonce, key);
        SecretBytes opened = SecretBytes.Create(GroupKeys.SecretBytesLength);
        bool isOpen = XChaCha20Poly1305.TryDecrypt(key, nonce, kept[XChaCha20Poly1305.NonceBytes..], AssociatedData(group, newer.Epoch, older), opened.Writable);
        CryptographicOperations.ZeroMemory(key);
        if (!isOpen)
        {
            opened.Dispose();
            return false;
        }

        secret = opened;
        return true;
    }

    private static void DeriveKey(GroupKeys newer, ReadOnlySpan<byte> nonce, Span<byte> key)
    {
        Span<byte> info = stackalloc byte[Labels.Kept.Length + XChaCha20Poly1305.NonceBytes];
        Labels.Kept.CopyTo(info);
        nonce.CopyTo(info[Labels.Kept.Length..]);
        Hkdf.Expand(newer.SyncKey.Span, info, key);
    }

    private static byte[] AssociatedData(GroupId group, KeyEpoch newer, KeyEpoch older)
    {
        byte[] data = [.. Labels.Kept, .. group.ToArray(), .. new byte[2 * sizeof(uint)]];
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(data.Length - (2 * sizeof(uint))), newer.Value);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(data.Length - sizeof(uint)), older.Value);
        return data;
    }
}

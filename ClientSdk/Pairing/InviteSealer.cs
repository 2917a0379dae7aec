using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Pairing;

/// <summary>
/// The group record as the relay keeps it for an invite: <c>nonce 24 || XChaCha20-Poly1305(invite key, record, "zks/1 invite" || lookup id)</c>.
/// The key travels in the link alone.
/// </summary>
internal static class InviteSealer
{
    public static byte[] Seal(SecretBytes inviteKey, LookupId lookup, GroupRecord record)
    {
        using SecretBytes bytes = record.Encode();
        byte[] sealedRecord = new byte[XChaCha20Poly1305.NonceBytes + bytes.Length + XChaCha20Poly1305.TagBytes];
        Span<byte> nonce = sealedRecord.AsSpan(0, XChaCha20Poly1305.NonceBytes);
        // The key is used once; the nonce is random all the same, so that a key used twice by mistake does no harm.
        RandomNumberGenerator.Fill(nonce);
        XChaCha20Poly1305.Encrypt(inviteKey.Span, nonce, bytes.Span, AssociatedData(lookup), sealedRecord.AsSpan(XChaCha20Poly1305.NonceBytes));
        return sealedRecord;
    }

    public static bool TryOpen(SecretBytes inviteKey, LookupId lookup, ReadOnlySpan<byte> sealedRecord, [NotNullWhen(true)] out GroupRecord? record)
    {
        record = null;
        int length = sealedRecord.Length - XChaCha20Poly1305.NonceBytes - XChaCha20Poly1305.TagBytes;
        if (length <= 0 || sealedRecord.Length > Limits.SealedRecordBytes)
            return false;

        byte[] bytes = GC.AllocateArray<byte>(length, pinned: true);
        try
        {
            return XChaCha20Poly1305.TryDecrypt(
                    inviteKey.Span,
                    sealedRecord[..XChaCha20Poly1305.NonceBytes],
                    sealedRecord[XChaCha20Poly1305.NonceBytes..],
                    AssociatedData(lookup),
                    bytes)
                && GroupRecord.TryDecode(bytes, out record);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static byte[] AssociatedData(LookupId lookup) => [.. Labels.Invite, .. lookup.ToArray()];
}

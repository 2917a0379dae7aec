using System.Runtime.InteropServices;

namespace ZeroKSync.Client.Crypto.Interop;

internal static partial class Sodium
{
    /// <summary>draft-irtf-cfrg-xchacha-03, section 2. The secret nonce is unused and null.</summary>
    [LibraryImport(Library, EntryPoint = "crypto_aead_xchacha20poly1305_ietf_encrypt")]
    internal static partial int XChaChaEncrypt(
        Span<byte> ciphertext,
        out ulong ciphertextLength,
        ReadOnlySpan<byte> message,
        ulong messageLength,
        ReadOnlySpan<byte> associatedData,
        ulong associatedDataLength,
        nint secretNonce,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key);

    /// <summary>Non-zero when the tag does not verify; nothing of the message is written then.</summary>
    [LibraryImport(Library, EntryPoint = "crypto_aead_xchacha20poly1305_ietf_decrypt")]
    internal static partial int XChaChaDecrypt(
        Span<byte> message,
        out ulong messageLength,
        nint secretNonce,
        ReadOnlySpan<byte> ciphertext,
        ulong ciphertextLength,
        ReadOnlySpan<byte> associatedData,
        ulong associatedDataLength,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> key);
}

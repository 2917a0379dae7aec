using System.Runtime.InteropServices;

namespace ZeroKSync.Cryptography.Interop;

internal static partial class Sodium
{
    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_seed_keypair")]
    internal static partial int SignKeyPairFromSeed(Span<byte> publicKey, Span<byte> seedAndPublicKey, ReadOnlySpan<byte> seed);

    /// <param name="length">Not written: a detached signature always has 64 bytes.</param>
    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_detached")]
    internal static partial int SignDetached(Span<byte> signature, nint length, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> seedAndPublicKey);

    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_verify_detached")]
    internal static partial int SignVerifyDetached(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> publicKey);
}

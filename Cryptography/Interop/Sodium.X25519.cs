using System.Runtime.InteropServices;

namespace ZeroKSync.Cryptography.Interop;

internal static partial class Sodium
{
    /// <summary>RFC 7748, section 5. Non-zero when the result would be all zero.</summary>
    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_curve25519")]
    internal static partial int ScalarMultiply(Span<byte> shared, ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> publicKey);

    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_curve25519_base")]
    internal static partial int ScalarMultiplyBase(Span<byte> publicKey, ReadOnlySpan<byte> secretKey);
}

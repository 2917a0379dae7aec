using System.Runtime.InteropServices;

namespace ZeroKSync.Client.Crypto.Interop;

internal static partial class Sodium
{
    internal const int Argon2id13 = 2;

    /// <summary>RFC 9106 with one lane. Non-zero when the memory cannot be had.</summary>
    [LibraryImport(Library, EntryPoint = "crypto_pwhash")]
    internal static partial int PasswordHash(
        Span<byte> output,
        ulong outputLength,
        ReadOnlySpan<byte> password,
        ulong passwordLength,
        ReadOnlySpan<byte> salt,
        ulong passes,
        nuint memoryBytes,
        int algorithm);
}

using ZeroKSync.Client.Crypto.Interop;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Client.Crypto;

/// <summary>Makes the secret of epoch 0 from a passphrase. The passphrase is a span the caller owns; nothing keeps it.</summary>
internal static class PassphraseKey
{
    public const int SaltBytes = 16;

    /// <exception cref="ArgumentException">The passphrase is none (see <see cref="PassphraseText"/>), the salt has not 16 bytes, or the parameters are out of bounds.</exception>
    /// <exception cref="InvalidOperationException">The memory cannot be had.</exception>
    public static SecretBytes Derive(ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt, PassphraseParameters parameters)
    {
        if (salt.Length != SaltBytes || !parameters.IsAcceptable)
            throw new ArgumentException("The salt or the parameters are out of bounds.");

        using SecretBytes utf8 = PassphraseText.Encode(passphrase);
        return DeriveFromBytes(utf8.Span, salt, parameters);
    }

    /// <summary>The function itself, without the rules on what a person types.</summary>
    internal static SecretBytes DeriveFromBytes(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, PassphraseParameters parameters)
    {
        SecretBytes secret = SecretBytes.Create(GroupKeys.SecretBytesLength);
        int failed = Sodium.PasswordHash(
            secret.Writable,
            (ulong)secret.Length,
            password,
            (ulong)password.Length,
            salt,
            parameters.Passes,
            (nuint)parameters.MemoryKiB << 10,
            Sodium.Argon2id13);
        if (failed == 0)
            return secret;

        secret.Dispose();
        throw new InvalidOperationException("The memory for the passphrase function cannot be had.");
    }
}

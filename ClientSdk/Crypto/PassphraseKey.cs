using System.Security.Cryptography;
using System.Text;
using ZeroKSync.Client.Crypto.Interop;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Client.Crypto;

/// <summary>Makes the secret of epoch 0 from a passphrase. The passphrase is a span the caller owns; nothing keeps it.</summary>
internal static class PassphraseKey
{
    public const int SaltBytes = 16;

    /// <summary>Fewest characters.</summary>
    public const int CharactersMin = 8;

    /// <exception cref="ArgumentException">The passphrase is too short or not valid text, the salt has not 16 bytes, or the parameters are out of bounds.</exception>
    /// <exception cref="InvalidOperationException">The memory cannot be had.</exception>
    public static SecretBytes Derive(ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt, PassphraseParameters parameters)
    {
        if (passphrase.Length < CharactersMin)
            throw new ArgumentException($"A passphrase has at least {CharactersMin} characters.", nameof(passphrase));

        if (salt.Length != SaltBytes || !parameters.IsAcceptable)
            throw new ArgumentException("The salt or the parameters are out of bounds.");

        char[] normalized = new char[passphrase.GetNormalizedLength(NormalizationForm.FormKC)];
        byte[] utf8 = new byte[Encoding.UTF8.GetMaxByteCount(normalized.Length)];
        try
        {
            passphrase.TryNormalize(normalized, out int characters, NormalizationForm.FormKC);
            int length = Encoding.UTF8.GetBytes(normalized.AsSpan(0, characters), utf8);
            return DeriveFromBytes(utf8.AsSpan(0, length), salt, parameters);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
            normalized.AsSpan().Clear();
        }
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

using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using ZeroKSync.Cryptography;

namespace ZeroKSync.Client.Crypto;

/// <summary>
/// What a person types, as the bytes that the passphrase function takes: NFKC (Unicode Standard Annex 15), then UTF-8, so that one
/// passphrase is one key whatever keyboard made it. Where this process cannot normalise (a program built without globalization data returns
/// its input and calls it normal), only ASCII is taken: a key that another device cannot make again would be worse than a refusal.
/// </summary>
internal static class PassphraseText
{
    /// <summary>Fewest characters: Unicode scalar values after normalisation.</summary>
    public const int CharactersMin = 8;

    /// <summary>Most UTF-16 units that are looked at.</summary>
    public const int UnitsMax = 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether this process normalises: a ligature becomes its letters.</summary>
    public static bool IsNormalizing { get; } = "\uFB01".Normalize(NormalizationForm.FormKC) == "fi";

    /// <summary>The bytes of what a person typed; nothing else keeps any of it.</summary>
    /// <exception cref="ArgumentException">Too short, too long, not valid text, or not ASCII where this process does not normalise.</exception>
    public static SecretBytes Encode(ReadOnlySpan<char> passphrase)
    {
        if (passphrase.Length > UnitsMax)
            throw new ArgumentException($"A passphrase has at most {UnitsMax} characters.", nameof(passphrase));

        if (Ascii.IsValid(passphrase))
            return EncodeNormal(passphrase);

        if (!IsNormalizing)
            throw new ArgumentException("This program is built without globalization data, so it takes passphrases of ASCII characters only.", nameof(passphrase));

        CheckText(passphrase);
        using SecretBytes room = SecretBytes.Create(passphrase.GetNormalizedLength(NormalizationForm.FormKC) * sizeof(char));
        Span<char> normal = MemoryMarshal.Cast<byte, char>(room.Writable);
        return passphrase.TryNormalize(normal, out int length, NormalizationForm.FormKC)
            ? EncodeNormal(normal[..length])
            : throw new ArgumentException("The passphrase cannot be normalised.", nameof(passphrase));
    }

    /// <summary>What is in NFKC already.</summary>
    internal static SecretBytes EncodeNormal(ReadOnlySpan<char> passphrase)
    {
        if (CheckText(passphrase) < CharactersMin)
            throw new ArgumentException($"A passphrase has at least {CharactersMin} characters.", nameof(passphrase));

        SecretBytes bytes = SecretBytes.Create(Strict.GetByteCount(passphrase));
        Strict.GetBytes(passphrase, bytes.Writable);
        return bytes;
    }

    // Half a character would become a replacement character, and with it two passphrases one key.
    private static int CheckText(ReadOnlySpan<char> text)
    {
        int count = 0;
        for (; !text.IsEmpty; count++)
        {
            if (Rune.DecodeFromUtf16(text, out _, out int consumed) != OperationStatus.Done)
                throw new ArgumentException("The passphrase is not valid text.", nameof(text));

            text = text[consumed..];
        }

        return count;
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ZeroKSync.Tests.Unit.Secrets;

/// <summary>Bytes that are planted where secrets lie, and the question whether a text shows any eight of them in a row, in whatever form.</summary>
internal static class Canary
{
    // Long enough to be recognised in any form, short enough that a part of the secret is found.
    private const int Window = 8;

    // 9 bytes are 12 characters without padding, wherever in a longer text they stand.
    private const int Base64Window = 9;

    public static readonly byte[] Bytes = SHA256.HashData("canary"u8);

    /// <summary>What is planted in a string that is a secret.</summary>
    public static readonly string Text = Base64Url.EncodeToString(Bytes);

    private static readonly string[] Forms = [.. Enumerable.Range(0, Bytes.Length - Window + 1).SelectMany(at => Shapes(Bytes.AsSpan(at, Window)))];

    private static readonly string[] Base64Forms = [.. Enumerable.Range(0, Bytes.Length - Base64Window + 1).SelectMany(at => Base64Shapes(Bytes.AsSpan(at, Base64Window)))];

    public static bool IsIn(string? text) =>
        text is not null
        && (Forms.Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase)) || Base64Forms.Any(form => text.Contains(form, StringComparison.Ordinal)));

    public static bool IsIn(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at + Window <= Bytes.Length; at++)
        {
            if (bytes.IndexOf(Bytes.AsSpan(at, Window)) >= 0)
                return true;
        }

        return IsIn(Encoding.Latin1.GetString(bytes));
    }

    private static string[] Shapes(ReadOnlySpan<byte> bytes)
    {
        string[] numbers = [.. bytes.ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture))];
        return
        [
            Convert.ToHexStringLower(bytes), BitConverter.ToString(bytes.ToArray()), BitConverter.ToString(bytes.ToArray()).Replace('-', ':'), BitConverter.ToString(bytes.ToArray()).Replace('-', ' '),
            string.Join(',', numbers), string.Join(", ", numbers), string.Join(' ', numbers), string.Join(';', numbers),
            Encoding.Latin1.GetString(bytes),
        ];
    }

    private static string[] Base64Shapes(ReadOnlySpan<byte> bytes) => [Convert.ToBase64String(bytes), Base64Url.EncodeToString(bytes), Convert.ToBase64String(bytes).Replace("+", "\\u002B", StringComparison.Ordinal)];
}

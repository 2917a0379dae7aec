namespace ZeroKSync.Cryptography;

/// <summary>The one place where a caller's wrong length becomes an exception: lengths are never secret, contents always are.</summary>
internal static class Argument
{
    internal static void ThrowUnlessLength(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"{expected} bytes expected, {length} given.", name);
        }
    }
}

namespace ZeroKSync.Client.Crypto;

/// <summary>How a passphrase becomes a group secret (Argon2id, RFC 9106, one lane). Chosen once, by the device that makes the group.</summary>
/// <param name="MemoryKiB">Memory in KiB.</param>
/// <param name="Passes">Passes over it.</param>
internal readonly record struct PassphraseParameters(uint MemoryKiB, byte Passes)
{
    private const uint MiB = 1024;
    private const uint MemoryMax = 256 * MiB;
    private const byte PassesMax = 8;

    /// <summary>Whether parameters of another device are neither too weak nor too heavy.</summary>
    public bool IsAcceptable =>
        MemoryKiB <= MemoryMax && Passes <= PassesMax && ((MemoryKiB >= 46 * MiB && Passes >= 1) || (MemoryKiB >= 19 * MiB && Passes >= 2));

    /// <summary>For a device with this much memory.</summary>
    public static PassphraseParameters For(long totalMemoryBytes) => (totalMemoryBytes >> 20) switch
    {
        < 4000 => new PassphraseParameters(19 * MiB, 2),
        < 8000 => new PassphraseParameters(46 * MiB, 1),
        _ => new PassphraseParameters(64 * MiB, 3),
    };
}

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

    /// <summary>From the least memory to the most.</summary>
    public static IReadOnlyList<PassphraseTier> Tiers { get; } = [new(4000, 19, 2), new(8000, 46, 1), new(null, 64, 3)];

    /// <summary>For a device with this much memory.</summary>
    public static PassphraseTier TierFor(long totalMemoryBytes) => Tiers.First(tier => tier.BelowMiB is not { } below || totalMemoryBytes >> 20 < below);

    /// <inheritdoc cref="TierFor" />
    public static PassphraseParameters For(long totalMemoryBytes) => Of(TierFor(totalMemoryBytes));

    /// <summary>What a tier asks.</summary>
    public static PassphraseParameters Of(PassphraseTier tier) => new((uint)tier.CostMiB * MiB, (byte)tier.Passes);
}

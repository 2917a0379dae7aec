namespace ZeroKSync.Client;

/// <summary>What a passphrase costs a device that makes a group of it (Argon2id, RFC 9106, one lane): the more memory it has, the more is asked.</summary>
/// <param name="BelowMiB">For devices with less memory than this, in MiB; null for all others.</param>
/// <param name="CostMiB">Memory the function uses, in MiB.</param>
/// <param name="Passes">How often it goes over it.</param>
public sealed record PassphraseTier(int? BelowMiB, int CostMiB, int Passes);

namespace ZeroKSync.Cryptography.Interop;

/// <summary>Where a secret lies. A plain structure on purpose: it holds an address, and nothing prints it.</summary>
internal readonly struct SecretPlace(nint address, bool isLocked)
{
    /// <summary>0 for no place.</summary>
    internal nint Address => address;

    /// <summary>Whether the system keeps it out of swap.</summary>
    internal bool IsLocked => isLocked;
}

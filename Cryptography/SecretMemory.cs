using ZeroKSync.Cryptography.Interop;

namespace ZeroKSync.Cryptography;

/// <summary>What this process's secrets lie in, for people who operate it. Counts alone.</summary>
public static class SecretMemory
{
    /// <summary>Secrets that are alive.</summary>
    public static int Secrets => LockedMemory.Shared.InUse;

    /// <summary>
    /// Those of them that the system did not lock, because its limit on locked memory (RLIMIT_MEMLOCK, <c>ulimit -l</c>) was reached: their
    /// bytes may be written to swap. 0 is how it should be.
    /// </summary>
    public static int UnlockedSecrets => LockedMemory.Shared.UnlockedInUse;

    /// <summary>Whether the system locks memory for this process now: tried with a secret of the size that session keys have.</summary>
    public static bool IsLockable()
    {
        using SecretBytes secret = SecretBytes.Create(LockedMemory.SlotBytes);
        return secret.IsLocked;
    }
}

using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// What a lost write means. Background work (expiry, trimming, quarantine) moves the version and leaves everything that a group decides on
/// but its room; anything else was written by another activation of the same group.
/// </summary>
internal static class FenceRules
{
    /// <summary>Whether what is stored now can only come from another activation.</summary>
    public static bool IsAnothers(GroupState mine, StoredGroup stored)
    {
        if (stored.RelayEpoch != mine.RelayEpoch || stored.Head != mine.Head || stored.Chain.Length != mine.Chain.Length || stored.Devices.Length != mine.Devices.Count)
            return true;

        foreach (StoredDevice device in stored.Devices)
        {
            if (mine.Find(device.Device) is not { } known
                || known.Acked != device.Acked
                || known.LastSeq != device.LastSeq
                || known.Stored.Revoked != device.Revoked)
            {
                return true;
            }
        }

        return false;
    }
}

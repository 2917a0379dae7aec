using ZeroKSync.Client.Persistence;

namespace ZeroKSync.Client.Sync;

/// <summary>Notes that this device has something that it has not told of. Vectors themselves are nothing to tell of: two devices would answer each other for ever.</summary>
internal static class VectorMarks
{
    /// <returns>Whether it is the first since the last vector.</returns>
    public static bool MarkChanged(ClientTransaction transaction)
    {
        if (transaction.Settings.Vector is not { IsChanged: false } state)
            return false;

        transaction.Settings.Vector = state with { IsChanged = true };
        return true;
    }
}

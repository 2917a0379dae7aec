namespace ZeroKSync.Client;

/// <summary>A snapshot of how this device stands to its relay.</summary>
/// <param name="State">The state in one word.</param>
/// <param name="Pending">Blobs of this device that the relay has not acknowledged.</param>
/// <param name="Failure">Why, for <see cref="SyncState.SyncFailed"/> and while a connection cannot be made; else null.</param>
/// <param name="Message">A sentence for a person.</param>
public sealed record SyncStatus(SyncState State, int Pending, SyncErrorKind? Failure, string Message)
{
    internal static SyncStatus Offline(int pending) => new(SyncState.Offline, pending, null, "Offline: changes are kept on this device.");
}

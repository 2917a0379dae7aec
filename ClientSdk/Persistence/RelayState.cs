using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Persistence;

/// <summary>Where this device stands with one relay.</summary>
/// <param name="RelayEpoch">The life of the relay's log that the cursor belongs to.</param>
/// <param name="Cursor">Everything up to it is in the inbox.</param>
/// <param name="AckedSeq">Own blobs up to it are on the relay's disk.</param>
internal readonly record struct RelayState(RelayEpoch RelayEpoch, Cursor Cursor, Sequence AckedSeq);

using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Sync;

/// <summary>Where this device stands with telling the others what it has.</summary>
/// <param name="IsChanged">Something but vectors was sent or received since the last.</param>
/// <param name="SealedAt">When the last was sealed; when the device began, before the first.</param>
/// <param name="Epoch">The key epoch of the last.</param>
internal readonly record struct VectorState(bool IsChanged, DateTimeOffset SealedAt, KeyEpoch Epoch);

using System.Diagnostics.CodeAnalysis;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Crypto;

/// <summary>The keys of the epochs this device knows; the epoch of an envelope names its key, nothing is tried.</summary>
internal sealed class GroupKeyring : IDisposable
{
    private readonly Dictionary<KeyEpoch, GroupKeys> _keys = [];

    public GroupKeyring(GroupRecord record)
    {
        GroupId = record.GroupId;
        foreach (EpochSecret secret in record.Secrets)
            _keys.Add(secret.Epoch, new GroupKeys(secret.Epoch, secret.Secret));

        Current = _keys[_keys.Keys.Max()];
    }

    public GroupId GroupId { get; }

    /// <summary>What new blobs are sealed with.</summary>
    public GroupKeys Current { get; }

    public bool TryGet(KeyEpoch epoch, [NotNullWhen(true)] out GroupKeys? keys) => _keys.TryGetValue(epoch, out keys);

    public void Dispose()
    {
        foreach (GroupKeys keys in _keys.Values)
            keys.Dispose();
    }
}

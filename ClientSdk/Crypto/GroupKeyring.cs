using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Protocol;

namespace ZeroKSync.Client.Crypto;

/// <summary>The keys of the epochs this device knows; the epoch of an envelope names its key, nothing is tried. Keys are added and never taken away.</summary>
internal sealed class GroupKeyring : IDisposable
{
    private readonly ConcurrentDictionary<KeyEpoch, GroupKeys> _keys = [];
    private volatile GroupKeys _current;

    public GroupKeyring(GroupRecord record)
    {
        GroupId = record.GroupId;
        foreach (EpochSecret secret in record.Secrets)
            _keys[secret.Epoch] = new GroupKeys(secret.Epoch, secret.Secret);

        _current = _keys[record.Secrets[^1].Epoch];
    }

    public GroupId GroupId { get; }

    /// <summary>What new blobs are sealed with. Read once for what belongs together: it moves when an epoch is adopted.</summary>
    public GroupKeys Current => _current;

    public bool TryGet(KeyEpoch epoch, [NotNullWhen(true)] out GroupKeys? keys) => _keys.TryGetValue(epoch, out keys);

    /// <summary>Makes the next epoch the current one; its keys are this object's from now on.</summary>
    public void Adopt(GroupKeys next)
    {
        if (next.Epoch <= _current.Epoch)
            throw new ArgumentException("An epoch is adopted once, and in order.", nameof(next));

        _keys[next.Epoch] = next;
        _current = next;
    }

    public void Dispose()
    {
        foreach (GroupKeys keys in _keys.Values)
            keys.Dispose();
    }
}

using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Client.Sync;

/// <summary>Who began each epoch of a verified chain, and since when devices are revoked. Never changes.</summary>
internal sealed class RotationFacts
{
    private readonly DeviceId[] _rotators;
    private readonly Dictionary<DeviceId, KeyEpoch> _revoked = [];

    public RotationFacts(RotationChain chain)
    {
        _rotators = new DeviceId[chain.Statements.Length + 1];
        foreach (SignedStatement signed in chain.Statements)
        {
            if (!RotationStatement.TryDecode(signed.Statement.Span, out RotationStatement? statement))
                throw new InvalidOperationException("A verified chain reads.");

            _rotators[statement.NewEpoch.Value] = statement.Rotator;
            foreach (RevokedDevice revoked in statement.Revoked)
                _revoked[revoked.DeviceId] = statement.NewEpoch;
        }
    }

    /// <summary>Whether a device began an epoch; nobody began the first.</summary>
    public bool IsRotator(DeviceId device, KeyEpoch epoch) => epoch.Value > 0 && epoch.Value < _rotators.Length && _rotators[epoch.Value] == device;

    /// <summary>Whether a device was revoked after an epoch.</summary>
    public bool IsRevokedAfter(DeviceId device, KeyEpoch epoch) => _revoked.TryGetValue(device, out KeyEpoch since) && since > epoch;
}

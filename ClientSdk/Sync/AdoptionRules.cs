using ZeroKSync.Client.Crypto;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Client.Sync;

/// <summary>
/// Whether a rotation is followed: only the next epoch, signed under the key this device holds, with a secret whose admission key is the one
/// that was signed. So a relay can slip in neither a secret nor a device; whatever else it shows changes nothing here.
/// </summary>
internal static class AdoptionRules
{
    /// <param name="own">This device's chain.</param>
    /// <param name="rotation">From a relay.</param>
    /// <param name="device">Whose wrap it is.</param>
    /// <param name="longer">With <see cref="AdoptionOutcome.Adopted"/>: the chain afterwards.</param>
    /// <param name="secret">With <see cref="AdoptionOutcome.Adopted"/>: the new epoch's; the caller's to dispose of.</param>
    public static AdoptionOutcome Judge(RotationChain own, in Rotation rotation, DeviceKeys device, out RotationChain? longer, out SecretBytes? secret)
    {
        longer = null;
        secret = null;
        var signed = new SignedStatement(rotation.Statement, rotation.Signature);
        if (!RotationStatement.TryDecode(rotation.Statement.Span, out RotationStatement? statement) || statement.NewEpoch.Value == 0)
            return AdoptionOutcome.Refused;
        if (statement.NewEpoch.Value > own.Epoch.Value + 1)
            return AdoptionOutcome.Ahead;
        if (own.TryGetStatementHash(statement.NewEpoch, out StatementHash known) && known == RotationStatement.Hash(rotation.Statement.Span))
            return AdoptionOutcome.Known;
        // Another statement at a place this device has one, or on another predecessor: a member signed it, or nobody did.
        if (statement.NewEpoch <= own.Epoch || statement.Previous != own.LastStatement)
            return IsSignedByAMember(own, statement.NewEpoch, signed) ? AdoptionOutcome.Fork : AdoptionOutcome.Refused;
        if (!AreTheMembers(rotation.Members, statement.Members) || !own.TryExtend(signed, out RotationChain? extended))
            return AdoptionOutcome.Refused;
        if (statement.Revoked.Any(revoked => revoked.DeviceId == device.DeviceId))
            return AdoptionOutcome.Revoked;
        if (rotation.Wrap is not { } wrap)
            return AdoptionOutcome.NoWrap;
        if (!SecretWrap.TryOpen(own.GroupId, device, statement.NewEpoch, wrap.Span, out SecretBytes? opened))
            return AdoptionOutcome.Refused;

        using (var keys = new GroupKeys(statement.NewEpoch, opened))
        {
            if (keys.AdmissionKey != statement.NewAdmissionKey)
            {
                opened.Dispose();
                return AdoptionOutcome.Refused;
            }
        }

        longer = extended;
        secret = opened;
        return AdoptionOutcome.Adopted;
    }

    public static string Sentence(AdoptionOutcome outcome) => outcome switch
    {
        AdoptionOutcome.Adopted => "The group's key was changed; this device has the new one.",
        AdoptionOutcome.Revoked => "The group's key was changed and this device was left out by name.",
        AdoptionOutcome.NoWrap => "The group's key was changed, and the relay has no new one for this device.",
        AdoptionOutcome.Fork => "The relay shows another history of the group's keys than this device's: it is not followed.",
        _ => "The relay showed a change of the group's key that no member made, or a key that is not the new one: this device keeps its own.",
    };

    /// <summary>Why a session cannot go on after a rotation was shown; null where it can.</summary>
    public static SyncException? Failure(AdoptionOutcome outcome) => outcome switch
    {
        AdoptionOutcome.Fork => new SyncException(SyncErrorKind.RotationFork, Sentence(outcome)),
        AdoptionOutcome.Revoked => new SyncException(SyncErrorKind.DeviceRevoked, Sentence(outcome)),
        _ => null,
    };

    private static bool IsSignedByAMember(RotationChain own, KeyEpoch newEpoch, SignedStatement signed) =>
        own.TryGetKey(new KeyEpoch(newEpoch.Value - 1), out AdmissionKey key) && RotationStatement.VerifySignature(key, own.GroupId, signed);

    // A relay that was told by a chain alone does not know them and names none. One that names others than were signed lies.
    private static bool AreTheMembers(IReadOnlyList<DeviceId> members, Bytes32 signed) =>
        members.Count == 0 || (members.Distinct().Count() == members.Count && RotationStatement.HashMembers(members) == signed);
}

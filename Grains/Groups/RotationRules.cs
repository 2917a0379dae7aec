using System.Collections.Immutable;
using ZeroKSync.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// Who is blocked, and which rotation is the group's next. The home relay alone orders rotations, so only there every device has to be in the
/// statement's one list or the other; elsewhere one that is in neither is blocked as one without a wrap.
/// </summary>
internal static class RotationRules
{
    /// <summary>A write, or a refusal; neither where the device is blocked already.</summary>
    public static (GroupWrite? Write, Refusal? Refusal) Revoke(GroupState state, RevokeDeviceCommand command)
    {
        if (Check(state, command.By) is { } stranger)
            return (null, stranger);

        if (state.Find(command.Device) is not { } device)
            return (null, Refusals.Of(RefusalReason.InvalidMessage));

        return device.IsRevoked ? (null, null) : (Write(state) with { Devices = [device.Stored with { Revoked = command.Reason }] }, null);
    }

    public static RotationDecision Rotate(GroupState state, RotateKeyCommand command)
    {
        if (Check(state, command.Rotator) is { } stranger)
            return new RotationDecision { Refusal = stranger };

        ReadOnlySpan<byte> bytes = command.Statement.Statement.Span;
        if (!StatementFields.TryRead(bytes, out StatementFields statement)
            || statement.Rotator != command.Rotator
            || TrySortMembers(command.Wraps) is not { } members
            || StatementFields.HashMembers(members) != statement.Members
            || statement.Revoked.Any(revoked => members.Contains(revoked.Device)))
        {
            return RotationDecision.Refused(RefusalReason.InvalidMessage);
        }

        var rotation = new StoredRotation { KeyEpoch = statement.NewEpoch, Members = members, Wraps = command.Wraps };
        uint epoch = statement.NewEpoch.Value;
        if (epoch > 0 && epoch <= state.Chain.Length && state.Chain[(int)epoch - 1].Statement.Span.SequenceEqual(bytes))
            return new RotationDecision { IsKnown = true, Write = Write(state) with { Rotation = rotation } };

        if (epoch != state.KeyEpoch.Value + 1)
            return RotationDecision.Refused(RefusalReason.StaleKeyEpoch, state.KeyEpoch.Value);

        if (statement.Previous != RotationChains.LastHash(state.Chain))
            return RotationDecision.Refused(RefusalReason.RotationFork);

        if (!IsSigned(state, command.Statement))
            return RotationDecision.Refused(RefusalReason.NotAdmitted);

        ImmutableArray<ChainStatement> chain = state.Chain.Add(command.Statement);
        if (!RotationChains.Fits(chain))
            return RotationDecision.Refused(RefusalReason.InvalidMessage);

        var blocked = ImmutableArray.CreateBuilder<StoredDevice>();
        foreach (DeviceState device in state.Devices)
        {
            if (device.IsRevoked || members.Contains(device.Stored.Device))
                continue;

            RevocationReason? reason = statement.Revoked.Where(revoked => revoked.Device == device.Stored.Device).Select(revoked => (RevocationReason?)revoked.Reason).FirstOrDefault();
            if (reason is null && command.IsHome)
                return RotationDecision.Refused(RefusalReason.DevicesChanged);

            blocked.Add(device.Stored with { Revoked = reason ?? RevocationReason.Decommissioned });
        }

        return new RotationDecision { Write = Write(state) with { Devices = blocked.DrainToImmutable(), Chain = chain, Rotation = rotation } };
    }

    /// <summary>The statements after an epoch, each with what this relay was given with it.</summary>
    public static ImmutableArray<RotationRecord> Answer(ImmutableArray<ChainStatement> chain, KeyEpoch after, ImmutableArray<DeviceRotation> kept)
    {
        var records = ImmutableArray.CreateBuilder<RotationRecord>();
        for (ulong epoch = after.Value + 1UL; epoch <= (ulong)chain.Length; epoch++)
        {
            DeviceRotation? rotation = kept.FirstOrDefault(one => one.KeyEpoch.Value == epoch);
            records.Add(new RotationRecord { Statement = chain[(int)epoch - 1], Members = rotation?.Members ?? [], Wrap = rotation?.Wrap });
        }

        return records.DrainToImmutable();
    }

    /// <summary>Null for a member.</summary>
    public static Refusal? Check(GroupState state, DeviceId device) => state.Find(device) switch
    {
        null => Refusals.Of(RefusalReason.NotAdmitted),
        { IsRevoked: true } => Refusals.Of(RefusalReason.DeviceRevoked),
        _ => null,
    };

    private static GroupWrite Write(GroupState state) => new() { Group = state.Group, ExpectedVersion = state.Version };

    // Ascending, each once; null where a device is there twice.
    private static ImmutableArray<DeviceId>? TrySortMembers(ImmutableArray<KeyWrap> wraps)
    {
        ImmutableArray<DeviceId> sorted = [.. wraps.Select(wrap => wrap.Device).OrderBy(device => device.Value)];
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1])
                return null;
        }

        return sorted;
    }

    // Ed25519 over "zks/1 rotate" || group id || statement, under the admission key of the epoch that it ends.
    private static bool IsSigned(GroupState state, ChainStatement statement)
    {
        var message = new SignedFields(Labels.Rotate);
        message.Write(state.Group.ToArray());
        message.Write(statement.Statement.Span);
        return Ed25519.Verify(RotationChains.CurrentKey(state.OriginKey, state.Chain).ToArray(), message.ToArray(), statement.Signature.Span);
    }
}

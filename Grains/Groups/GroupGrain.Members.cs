using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>Who belongs to the group: revocations, rotations, and what a device that was away needs of them.</summary>
public sealed partial class GroupGrain
{
    public Task<CommandResult> RevokeDeviceAsync(RevokeDeviceCommand command, CancellationToken cancellationToken) => DecideAsync<CommandResult>(
        async now =>
        {
            if (_state is null)
                return Refusals.Command(RefusalReason.NotAdmitted);

            (GroupWrite? write, Refusal? refusal) = RotationRules.Revoke(_state, command);
            if (refusal is not null)
                return new CommandRefused { Refusal = refusal };

            if (write is null)
                return new CommandDone();

            if (!await TryWriteAsync(write))
                return null;

            AnnounceRevoked(write.Devices, command.By, now);
            return new CommandDone();
        },
        refusal => new CommandRefused { Refusal = refusal });

    public Task<CommandResult> RotateKeyAsync(RotateKeyCommand command, CancellationToken cancellationToken) => DecideAsync<CommandResult>(
        async now =>
        {
            if (_state is null)
                return Refusals.Command(RefusalReason.NotAdmitted);

            RotationDecision decision = RotationRules.Rotate(_state, command);
            if (decision.Refusal is { } refusal)
                return new CommandRefused { Refusal = refusal };

            if (decision.IsKnown && await HasWrapsAsync(decision, command.Rotator))
                return new CommandDone();

            if (!await TryWriteAsync(decision.Write!))
                return null;

            AnnounceRevoked(decision.Write!.Devices, command.Rotator, now);
            AnnounceRotation(command, decision.Write.Rotation!);
            return new CommandDone();
        },
        refusal => new CommandRefused { Refusal = refusal });

    public async Task<RotationsResult> GetRotationsAsync(RotationsQuery query, CancellationToken cancellationToken)
    {
        LeaveNothing();
        if (_state is not { } state)
            return new RotationsResult { Rotations = [], Refusal = Refusals.Of(RefusalReason.NotAdmitted) };

        if (RotationRules.Check(state, query.Device) is { } refusal)
            return new RotationsResult { Rotations = [], Refusal = refusal };

        ImmutableArray<DeviceRotation> kept = await log.ReadRotationsAsync(_group, query.Device, query.AfterEpoch, cancellationToken);
        return new RotationsResult { Rotations = RotationRules.Answer(state.Chain, query.AfterEpoch, kept) };
    }

    // A rotation that came by HELLO has no wraps here; one that was asked for has them all.
    private async Task<bool> HasWrapsAsync(RotationDecision decision, DeviceId rotator)
    {
        KeyEpoch epoch = decision.Write!.Rotation!.KeyEpoch;
        ImmutableArray<DeviceRotation> kept = await log.ReadRotationsAsync(_group, rotator, new KeyEpoch(epoch.Value - 1), CancellationToken.None);
        return kept.Any(rotation => rotation.KeyEpoch == epoch);
    }

    private void AnnounceRevoked(ImmutableArray<StoredDevice> devices, DeviceId by, ulong now)
    {
        foreach (StoredDevice revoked in devices)
        {
            if (revoked.Revoked is not { } reason)
                continue;

            var notice = new DeviceRevokedNotice { Device = revoked.Device, RevokedBy = by, TimestampMs = now, Reason = reason };
            // The one it is about hears of it by its session's end.
            _ = AnnounceAsync(revoked.Device, notice);
            Announce(notice, except: revoked.Device);
        }
    }

    private void AnnounceRotation(RotateKeyCommand command, StoredRotation rotation)
    {
        foreach (DeviceState device in _state!.Devices)
        {
            DeviceId id = device.Stored.Device;
            if (device.IsRevoked || id == command.Rotator)
                continue;

            KeyWrap? wrap = rotation.Wraps.FirstOrDefault(one => one.Device == id);
            var record = new RotationRecord { Statement = command.Statement, Members = rotation.Members, Wrap = wrap?.Wrap };
            _ = AnnounceAsync(id, new KeyRotatedNotice { Rotation = record });
        }
    }
}

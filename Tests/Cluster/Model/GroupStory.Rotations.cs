using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>Devices that are blocked, keys that change, and what those who were away are told of it.</summary>
internal sealed partial class GroupStory
{
    private const int ChainMax = 6;
    private const int RevokedBytes = DeviceId.Size + 1;

    // Those whose statement a relay may know already, from a HELLO or from an attempt before.
    private readonly List<RotateKeyCommand> _rotations = [];

    private async Task RevokeAsync()
    {
        var command = new RevokeDeviceCommand { By = Pick(_ids), Device = Pick(_ids), Reason = Pick(Enum.GetValues<RevocationReason>()) };
        Tell($"{Name(command.By)} revokes {Name(command.Device)}");
        bool mayRepeat = _log.Next == LogFault.AfterRecord;
        CommandResult result = await AskAsync(group => group.RevokeDeviceAsync(command, CancellationToken.None), answer => (answer as CommandRefused)?.Refusal.Reason);
        RefusalReason? expected = OutsiderOf(command.By) ?? (_model.Find(command.Device) is null ? RefusalReason.InvalidMessage : null);
        // Who blocks itself and asks again is a stranger by then.
        bool isOut = mayRepeat && expected is null && command.By == command.Device;
        Assert.Equal(isOut ? RefusalReason.DeviceRevoked : expected, (result as CommandRefused)?.Refusal.Reason);
        if (expected is null)
            _model.Find(command.Device)!.Revoked ??= command.Reason;
    }

    private async Task RotateAsync()
    {
        if (_model.Chain.Count >= ChainMax)
            return;

        RotateKeyCommand command = _random.Next(3) switch
        {
            0 when _rotations.Count > 0 => _rotations[^1],
            1 when _rotations.Count > 0 && _random.Next(2) == 0 => Pick([.. _rotations]),
            _ => MakeRotation(Pick(_ids)),
        };
        command = command with { IsHome = _random.Next(2) == 0 };
        Tell($"{Name(command.Rotator)} rotates to {EpochOf(command.Statement)} of {_model.Chain.Count}, {command.Wraps.Length} members");
        CommandResult result = await AskAsync(group => group.RotateKeyAsync(command, CancellationToken.None), answer => (answer as CommandRefused)?.Refusal.Reason);
        RefusalReason? expected = Expected(command);
        Assert.Equal(expected, (result as CommandRefused)?.Refusal.Reason);
        _rotations.Add(command);
        if (expected is not null)
            return;

        uint epoch = EpochOf(command.Statement);
        if (epoch > _model.Chain.Count)
        {
            _model.Chain.Add(command.Statement);
            foreach (ModelDevice device in _model.Members.Where(device => !IsWrapped(command, device.Id)).ToArray())
                device.Revoked = RevokedBy(command.Statement).Where(revoked => revoked.Device == device.Id).Select(revoked => revoked.Reason).FirstOrDefault(RevocationReason.Decommissioned);
        }

        _model.Rotations.TryAdd(epoch, new ModelRotation(command.Wraps));
    }

    private RefusalReason? Expected(RotateKeyCommand command)
    {
        if (OutsiderOf(command.Rotator) is { } outsider)
            return outsider;

        ReadOnlySpan<byte> statement = command.Statement.Statement.Span;
        uint epoch = EpochOf(command.Statement);
        if (epoch > 0 && epoch <= _model.Chain.Count && _model.Chain[(int)epoch - 1].Statement.Span.SequenceEqual(statement))
            return null;

        if (epoch != _model.Chain.Count + 1)
            return RefusalReason.StaleKeyEpoch;

        if (!statement.Slice(sizeof(uint) + AdmissionKey.Size, StatementHash.Size).SequenceEqual(HashOfLast()))
            return RefusalReason.RotationFork;

        if (command.Statement.Signature.Span.IndexOfAnyExcept((byte)0) < 0)
            return RefusalReason.NotAdmitted;

        bool isComplete = _model.Members.All(member => IsWrapped(command, member.Id) || RevokedBy(command.Statement).Any(revoked => revoked.Device == member.Id));
        return command.IsHome && !isComplete ? RefusalReason.DevicesChanged : null;
    }

    private async Task AskRotationsAsync()
    {
        DeviceId id = Pick(_ids);
        uint after = (uint)_random.Next(_model.Chain.Count + 2);
        Tell($"{Name(id)} asks for rotations after {after}");
        RotationsResult result = await AskAsync(
            group => group.GetRotationsAsync(new RotationsQuery { Device = id, AfterEpoch = new KeyEpoch(after) }, CancellationToken.None), answer => answer.Refusal?.Reason, isRead: true);
        Assert.Equal(OutsiderOf(id), result.Refusal?.Reason);
        if (result.Refusal is not null)
            return;

        Assert.Equal(_model.Chain.Skip((int)after).Select(statement => Convert.ToHexString(statement.Statement.Span)), result.Rotations.Select(rotation => Convert.ToHexString(rotation.Statement.Statement.Span)));
        for (int i = 0; i < result.Rotations.Length; i++)
        {
            ModelRotation? rotation = _model.Rotations.GetValueOrDefault(after + (uint)i + 1);
            Assert.Equal(rotation?.Members ?? [], result.Rotations[i].Members);
            Assert.Equal(rotation?.Wraps.GetValueOrDefault(id.ToHex()), result.Rotations[i].Wrap?.ToArray());
        }
    }

    // Mostly right; its rotator is always among the members, as one who wants to read on would have it.
    private RotateKeyCommand MakeRotation(DeviceId rotator)
    {
        DeviceId[] others = [.. _model.Members.Select(member => member.Id).Where(id => id != rotator)];
        DeviceId[] left = [.. others.Where(_ => _random.Next(8) == 0)];
        DeviceId[] members = [.. others.Except(left).Append(rotator).OrderBy(id => id.ToHex(), StringComparer.Ordinal)];
        DeviceId[] revoked = [.. left.Where(_ => _random.Next(4) > 0).OrderBy(id => id.ToHex(), StringComparer.Ordinal)];
        uint epoch = (uint)_model.Chain.Count + (_random.Next(8) == 0 ? (uint)_random.Next(3) : 1);
        byte[] statement = Bytes(Limits.StatementBytesMin + (revoked.Length * RevokedBytes));
        BinaryPrimitives.WriteUInt32BigEndian(statement, epoch);
        Span<byte> fields = statement.AsSpan(sizeof(uint));
        // Every epoch has the same key here: what it signs is what matters.
        _key.CopyTo(fields);
        if (_random.Next(8) > 0)
            HashOfLast().CopyTo(fields[32..]);

        rotator.CopyTo(fields[96..]);
        SHA256.HashData([.. Labels.Members.ToArray(), .. members.SelectMany(member => member.ToArray())], fields[128..]);
        fields[160] = (byte)revoked.Length;
        for (int i = 0; i < revoked.Length; i++)
        {
            revoked[i].CopyTo(fields[(161 + (i * RevokedBytes))..]);
            fields[161 + (i * RevokedBytes) + DeviceId.Size] = (byte)Pick(Enum.GetValues<RevocationReason>());
        }

        byte[] signature = new byte[Limits.SignatureBytes];
        if (_random.Next(8) > 0)
            Ed25519.Sign(_seed, [.. Labels.Rotate.ToArray(), .. _group.ToArray(), .. statement], signature);

        return new RotateKeyCommand
        {
            Rotator = rotator,
            Statement = new ChainStatement { Statement = statement, Signature = signature },
            Wraps = [.. members.OrderBy(_ => _random.Next()).Select(member => new KeyWrap { Device = member, Wrap = Bytes(_random.Next(1, 100)) })],
        };
    }

    private RefusalReason? OutsiderOf(DeviceId device) => _model.Find(device) switch
    {
        null => RefusalReason.NotAdmitted,
        { Revoked: not null } => RefusalReason.DeviceRevoked,
        _ => null,
    };

    private byte[] HashOfLast() => _model.Chain.Count == 0 ? new byte[StatementHash.Size] : SHA256.HashData([.. Labels.Statement.ToArray(), .. _model.Chain[^1].Statement.Span]);

    private static bool IsWrapped(RotateKeyCommand command, DeviceId device) => command.Wraps.Any(wrap => wrap.Device == device);

    private static uint EpochOf(ChainStatement statement) => BinaryPrimitives.ReadUInt32BigEndian(statement.Statement.Span);

    private static List<(DeviceId Device, RevocationReason Reason)> RevokedBy(ChainStatement statement)
    {
        var revoked = new List<(DeviceId, RevocationReason)>();
        for (ReadOnlySpan<byte> rest = statement.Statement.Span[Limits.StatementBytesMin..]; !rest.IsEmpty; rest = rest[RevokedBytes..])
            revoked.Add((DeviceId.Read(rest[..DeviceId.Size]), (RevocationReason)rest[DeviceId.Size]));

        return revoked;
    }
}

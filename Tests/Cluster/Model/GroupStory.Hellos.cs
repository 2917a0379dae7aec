using System.Buffers.Binary;
using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>Devices that come: new ones and known ones, with the group's chain, a shorter, a longer or another.</summary>
internal sealed partial class GroupStory
{
    private async Task HelloAsync()
    {
        DeviceId id = Pick(_ids);
        List<ChainStatement> chain = [.. _model.Chain];
        switch (_random.Next(6))
        {
            case 0 when chain.Count < ChainMax && _random.Next(2) == 0:
                chain.Add(Statement((uint)chain.Count + 1, _random.Next(2) == 0 ? Pick(_ids) : null));
                break;
            case 0 when chain.Count < ChainMax:
                // Its rotator brings the wraps later, or another relay has them.
                RotateKeyCommand rotation = MakeRotation(_model.Members.Select(member => member.Id).FirstOrDefault(Pick(_ids)));
                if (EpochOf(rotation.Statement) == chain.Count + 1)
                    chain.Add(rotation.Statement);

                _rotations.Add(rotation);
                break;
            case 1 when chain.Count > 0:
                chain.RemoveAt(chain.Count - 1);
                break;
            case 2 when chain.Count > 0:
                chain[^1] = Statement((uint)chain.Count, null);
                break;
        }

        RelayEpoch? position = Pick<RelayEpoch?>(null, _epoch, _epoch, _strange);
        var hello = new HelloCommand
        {
            Device = id,
            OriginKey = _key,
            KeyEpoch = new KeyEpoch((uint)chain.Count),
            Chain = [.. chain],
            RelayEpoch = position,
            DeviceCard = new byte[] { 1 },
            Create = _random.Next(3) == 0,
        };
        Tell($"{Name(id)} says hello with {chain.Count} of {_model.Chain.Count} statements{(hello.Create ? ", to create" : "")}");
        HelloResult result = await AskAsync(group => group.HelloAsync(hello, CancellationToken.None), answer => (answer as HelloRefused)?.Refusal.Reason);
        RefusalReason? expected = Expected(hello);
        Assert.Equal(expected, (result as HelloRefused)?.Refusal.Reason);
        if (expected is null)
            Admit(hello, result);
    }

    private RefusalReason? Expected(HelloCommand hello)
    {
        bool isOut = _model.Chain.Concat(hello.Chain).SelectMany(RevokedBy).Any(revoked => revoked.Device == hello.Device);
        if (!_model.Exists)
            return !hello.Create ? RefusalReason.NotAdmitted : isOut ? RefusalReason.DeviceRevoked : null;

        ModelDevice? known = _model.Find(hello.Device);
        if (known?.Revoked is not null)
            return RefusalReason.DeviceRevoked;

        int common = _model.Chain.Zip(hello.Chain).TakeWhile(pair => pair.First.Statement.Span.SequenceEqual(pair.Second.Statement.Span)).Count();
        if (common < _model.Chain.Count && common < hello.Chain.Length)
            return RefusalReason.RotationFork;

        if (isOut)
            return RefusalReason.DeviceRevoked;

        if (known is null && hello.Chain.Length < _model.Chain.Count)
            return RefusalReason.NotAdmitted;

        if (known is null && _model.Members.Count() >= _options.DevicesMax)
            return RefusalReason.DeviceLimit;

        return null;
    }

    private void Admit(HelloCommand hello, HelloResult result)
    {
        bool isCreated = !_model.Exists;
        bool isBehind = hello.Chain.Length < _model.Chain.Count;
        ModelDevice? device = _model.Find(hello.Device);
        if (device is null)
            _model.Devices.Add(hello.Device.ToHex(), device = new ModelDevice { Id = hello.Device });

        foreach (ChainStatement statement in hello.Chain.Skip(_model.Chain.Count))
        {
            _model.Chain.Add(statement);
            foreach ((DeviceId revoked, RevocationReason reason) in isCreated ? [] : RevokedBy(statement))
            {
                if (_model.Find(revoked) is { Revoked: null } other)
                    other.Revoked = reason;
            }
        }

        if (!isBehind)
        {
            foreach (ModelRotation rotation in _model.Rotations.Values)
                rotation.Wraps.Remove(hello.Device.ToHex());
        }

        WelcomeState state = isBehind ? Assert.IsType<Restricted>(result).State : Assert.IsType<Welcomed>(result).State;
        if (isCreated)
            _epoch = state.RelayEpoch;

        Assert.Equal(_epoch, state.RelayEpoch);
        device.Acked = hello.RelayEpoch == _epoch ? device.Acked : 0;
        Assert.Equal(
            (_model.Oldest, _model.Head, device.Acked, _model.Pending(device), device.LastSeq, (uint)_model.Chain.Count, (ulong)_model.BytesUsed),
            (state.OldestCursor.Value, state.HeadCursor.Value, state.AckedCursor.Value, state.Pending, state.LastSeq.Value, state.GroupKeyEpoch.Value, state.GroupBytesUsed));
    }

    private ChainStatement Statement(uint epoch, DeviceId? revoked)
    {
        byte[] statement = Bytes(Limits.StatementBytesMin + (revoked is null ? 0 : DeviceId.Size + 1));
        BinaryPrimitives.WriteUInt32BigEndian(statement, epoch);
        // Every epoch has the same key here: what it signs is what matters.
        _key.CopyTo(statement.AsSpan(sizeof(uint)));
        statement[Limits.StatementBytesMin - 1] = revoked is null ? (byte)0 : (byte)1;
        if (revoked is { } device)
        {
            device.CopyTo(statement.AsSpan(Limits.StatementBytesMin));
            statement[^1] = (byte)RevocationReason.Lost;
        }

        return new ChainStatement { Statement = statement, Signature = new byte[Limits.SignatureBytes] };
    }
}

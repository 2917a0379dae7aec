using System.Collections.Immutable;
using ZeroKSync.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Grains.Groups;

/// <summary>Rotations as the session library makes and checks them, against what the group takes.</summary>
public sealed class RotationRulesTests : IDisposable
{
    private readonly SecretBytes _seed = SecretBytes.CreateRandom(Ed25519.SeedBytes);
    private readonly SecretBytes _nextSeed = SecretBytes.CreateRandom(Ed25519.SeedBytes);

    public void Dispose()
    {
        _seed.Dispose();
        _nextSeed.Dispose();
    }

    [Fact]
    public void Rotate_EveryDeviceInOneListOrTheOther_IsTheNextEpoch()
    {
        RotationDecision decision = RotationRules.Rotate(State(), Command(wraps: [1, 2], revoked: [3]));

        Assert.Null(decision.Refusal);
        GroupWrite write = decision.Write!;
        Assert.Single(write.Chain);
        Assert.Equal((Sample.Device(3), RevocationReason.Compromised), (Assert.Single(write.Devices).Device, write.Devices[0].Revoked));
        Assert.Equal([Sample.Device(1), Sample.Device(2)], write.Rotation!.Members);
        Assert.Equal(1U, write.Rotation.KeyEpoch.Value);
        // And what is stored says who may sign next.
        Assert.Equal(Key(_nextSeed), RotationChains.CurrentKey(Key(_seed), write.Chain));
    }

    [Fact]
    public void Rotate_DeviceInNeitherList_IsRefusedAtHomeAndBlockedElsewhere()
    {
        Assert.Equal(RefusalReason.DevicesChanged, Reason(Command(wraps: [1, 2], revoked: [])));

        GroupWrite write = RotationRules.Rotate(State(), Command(wraps: [1, 2], revoked: []) with { IsHome = false }).Write!;
        Assert.Equal((Sample.Device(3), RevocationReason.Decommissioned), (Assert.Single(write.Devices).Device, write.Devices[0].Revoked));
    }

    [Fact]
    public void Rotate_NotWhatWasSigned_IsRefused()
    {
        RotateKeyCommand command = Command(wraps: [1, 2], revoked: [3]);
        byte[] flipped = command.Statement.Signature.ToArray();
        flipped[0] ^= 1;
        Assert.Equal(RefusalReason.NotAdmitted, Reason(command with { Statement = command.Statement with { Signature = flipped } }));
        Assert.Equal(RefusalReason.NotAdmitted, Reason(Command(wraps: [1, 2], revoked: [3], seed: _nextSeed)));
        Assert.Equal(RefusalReason.InvalidMessage, Reason(command with { Rotator = Sample.Device(2) }));
        Assert.Equal(RefusalReason.InvalidMessage, Reason(command with { Wraps = [.. command.Wraps.Take(1)] }));
        Assert.Equal(RefusalReason.InvalidMessage, Reason(command with { Wraps = [.. command.Wraps, command.Wraps[0]] }));
        Assert.Equal(RefusalReason.InvalidMessage, Reason(Command(wraps: [1, 2, 3], revoked: [3])));
        Assert.Equal(RefusalReason.InvalidMessage, Reason(command with { Statement = command.Statement with { Statement = command.Statement.Statement[..^1] } }));
        Assert.Equal(RefusalReason.NotAdmitted, Reason(Command(wraps: [1, 2], revoked: [3], rotator: 9)));
    }

    [Fact]
    public void Rotate_AnotherEpochOrAnotherPast_IsRefused()
    {
        Assert.Equal(RefusalReason.StaleKeyEpoch, Reason(Command(wraps: [1, 2], revoked: [3], epoch: 2)));
        Assert.Equal(RefusalReason.RotationFork, Reason(Command(wraps: [1, 2], revoked: [3], previous: StatementHash.Read([.. Enumerable.Repeat((byte)1, 32)]))));
    }

    [Fact]
    public void Rotate_ASecondTime_OnlyBringsItsWraps()
    {
        RotateKeyCommand command = Command(wraps: [1, 2], revoked: [3]);
        GroupState state = State();
        state.Apply(RotationRules.Rotate(state, command).Write!, new LogWritten(6, new Cursor(1), default, 0));

        RotationDecision again = RotationRules.Rotate(state, command);
        Assert.True(again.IsKnown);
        Assert.Equal((6, 2), (again.Write!.ExpectedVersion, again.Write.Rotation!.Wraps.Length));
        Assert.True(again.Write.Chain.IsDefault);
        Assert.Equal(RefusalReason.StaleKeyEpoch, RotationRules.Rotate(state, Command(wraps: [1], revoked: [2, 3])).Refusal!.Reason);
    }

    [Fact]
    public void Rotate_ChainThatNoLongerFitsIntoHello_IsRefused()
    {
        GroupState state = State();
        StatementHash previous = default;
        for (uint epoch = 1; epoch <= Limits.ChainStatements; epoch++)
        {
            RotateKeyCommand next = Command(wraps: [1, 2, 3], revoked: [], epoch: epoch, previous: previous, seed: epoch == 1 ? _seed : _nextSeed);
            RotationDecision decision = RotationRules.Rotate(state, next);
            Assert.Null(decision.Refusal);
            state.Apply(decision.Write!, new LogWritten(state.Version + 1, new Cursor(1), default, 0));
            previous = RotationStatement.Hash(next.Statement.Statement.Span);
        }

        RotateKeyCommand last = Command(wraps: [1, 2, 3], revoked: [], epoch: Limits.ChainStatements + 1, previous: previous, seed: _nextSeed);
        Assert.Equal(RefusalReason.InvalidMessage, RotationRules.Rotate(state, last).Refusal?.Reason);
    }

    [Fact]
    public void Revoke_AMember_BlocksItsIdOnce()
    {
        (GroupWrite? write, Refusal? refusal) = RotationRules.Revoke(State(), Revoke(1, 2));
        Assert.Null(refusal);
        Assert.Equal((Sample.Device(2), RevocationReason.Lost), (Assert.Single(write!.Devices).Device, write.Devices[0].Revoked));

        GroupState state = State();
        state.Apply(write, new LogWritten(6, new Cursor(1), default, 0));
        Assert.Equal((null, null), RotationRules.Revoke(state, Revoke(1, 2)));
        Assert.Equal(RefusalReason.DeviceRevoked, RotationRules.Revoke(state, Revoke(2, 1)).Refusal?.Reason);
        Assert.Equal(RefusalReason.InvalidMessage, RotationRules.Revoke(state, Revoke(1, 9)).Refusal?.Reason);
        Assert.Equal(RefusalReason.NotAdmitted, RotationRules.Revoke(state, Revoke(9, 1)).Refusal?.Reason);
    }

    [Fact]
    public void Answer_AfterAnEpoch_GivesTheRestOldestFirst()
    {
        ImmutableArray<ChainStatement> chain = [.. Enumerable.Range(1, 3).Select(i => new ChainStatement { Statement = new byte[] { (byte)i }, Signature = new byte[64] })];
        ImmutableArray<DeviceRotation> kept = [new DeviceRotation(new KeyEpoch(3), [Sample.Device(1)], new byte[] { 7 })];

        ImmutableArray<RotationRecord> answer = RotationRules.Answer(chain, new KeyEpoch(1), kept);

        Assert.Equal([2, 3], answer.Select(record => record.Statement.Statement.Span[0]));
        Assert.Equal((0, null), (answer[0].Members.Length, answer[0].Wrap));
        Assert.Equal((1, (byte?)7), (answer[1].Members.Length, answer[1].Wrap?.Span[0]));
        Assert.Empty(RotationRules.Answer(chain, new KeyEpoch(uint.MaxValue), kept));
    }

    [Fact]
    public void TryRead_AnyStatement_ReadsWhatTheSessionLibraryReads()
    {
        byte[] bytes = Command(wraps: [1], revoked: [2, 3]).Statement.Statement.ToArray();
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 0x81;
            bool isRead = RotationStatement.TryDecode(changed, out RotationStatement? theirs);
            Assert.Equal(isRead, StatementFields.TryRead(changed, out StatementFields ours));
            if (isRead)
                Assert.Equal((theirs!.NewEpoch, theirs.NewAdmissionKey, theirs.Previous, theirs.Rotator, theirs.Members), (ours.NewEpoch, ours.NewKey, ours.Previous, ours.Rotator, ours.Members));
        }
    }

    private static RevokeDeviceCommand Revoke(byte by, byte device) => new() { By = Sample.Device(by), Device = Sample.Device(device), Reason = RevocationReason.Lost };

    private static AdmissionKey Key(SecretBytes seed)
    {
        byte[] key = new byte[AdmissionKey.Size];
        Ed25519.GetPublicKey(seed, key);
        return AdmissionKey.Read(key);
    }

    private GroupState State() => Sample.State(Key(_seed), Sample.Stored(1), Sample.Stored(2), Sample.Stored(3));

    private RefusalReason? Reason(RotateKeyCommand command) => RotationRules.Rotate(State(), command).Refusal?.Reason;

    private RotateKeyCommand Command(byte[] wraps, byte[] revoked, uint epoch = 1, StatementHash previous = default, SecretBytes? seed = null, byte rotator = 1)
    {
        var statement = new RotationStatement(
            new KeyEpoch(epoch),
            Key(_nextSeed),
            previous,
            default,
            Sample.Device(rotator),
            RotationStatement.HashMembers(wraps.Select(Sample.Device)),
            [.. revoked.Select(number => new RevokedDevice(Sample.Device(number), RevokeReason.Compromised))]);
        SignedStatement signed = statement.Sign(seed ?? _seed, Sample.Group);
        return new RotateKeyCommand
        {
            Rotator = Sample.Device(rotator),
            Statement = new ChainStatement { Statement = signed.Statement, Signature = signed.Signature },
            Wraps = [.. wraps.Select(number => new KeyWrap { Device = Sample.Device(number), Wrap = new byte[] { number } })],
            IsHome = true,
        };
    }
}

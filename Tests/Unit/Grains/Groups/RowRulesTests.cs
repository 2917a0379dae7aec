using ZeroKSync.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Grains.Groups;

public sealed class RowRulesTests : IDisposable
{
    private static readonly BlobId Blob = BlobId.Read([.. Enumerable.Repeat((byte)3, 16)]);
    private readonly SecretBytes _seed = SecretBytes.CreateRandom(Ed25519.SeedBytes);

    public void Dispose() => _seed.Dispose();

    [Fact]
    public void Delete_ByTheSenderWithProof_IsMarkedAndAudited()
    {
        (LogMark? mark, Refusal? refusal) = RowRules.Delete(State(acked: 5), Command(), Row(), Sample.Now);

        Assert.Null(refusal);
        Assert.Equal((5L, 5UL, EntryState.Deleted, AuditKind.Deleted, (uint?)0), (mark!.ExpectedVersion, mark.Cursor.Value, mark.State, mark.Audit, mark.KeyEpoch?.Value));
        Assert.Equal(Command().Proof.ToArray(), mark.Proof?.ToArray());
    }

    [Fact]
    public void Delete_NotYetAcknowledgedByAll_NeedsForce()
    {
        Assert.Equal(RefusalReason.InvalidMessage, RowRules.Delete(State(acked: 4), Command(), Row(), Sample.Now).Refusal?.Reason);
        Assert.Equal(AuditKind.ForceDeleted, RowRules.Delete(State(acked: 4), Command() with { Force = true }, Row(), Sample.Now).Mark?.Audit);
        // A device alone has delivered nothing to anybody.
        GroupState alone = Sample.State(Key(), Sample.Stored(1), Sample.Stored(2, revoked: RevocationReason.Lost));
        Assert.Equal(RefusalReason.InvalidMessage, RowRules.Delete(alone, Command(), Row(), Sample.Now).Refusal?.Reason);
    }

    [Fact]
    public void Delete_OfAnotherOrOfNothing_IsRefused()
    {
        GroupState state = State(acked: 5);
        Assert.Equal(RefusalReason.NotBlobOwner, RowRules.Delete(state, Command(), Row() with { Sender = Sample.Device(2) }, Sample.Now).Refusal?.Reason);
        Assert.Equal(RefusalReason.BlobNotFound, RowRules.Delete(state, Command(), null, Sample.Now).Refusal?.Reason);
        Assert.Equal(RefusalReason.BlobNotFound, RowRules.Delete(state, Command(), Row() with { BlobId = default }, Sample.Now).Refusal?.Reason);
        Assert.Equal(RefusalReason.BlobNotFound, RowRules.Delete(state, Command(), Row() with { SenderSeq = new Sequence(8) }, Sample.Now).Refusal?.Reason);
        Assert.Equal(RefusalReason.NotAdmitted, RowRules.Delete(state, Command() with { Device = Sample.Device(9) }, Row(), Sample.Now).Refusal?.Reason);
        Assert.Equal((null, null), RowRules.Delete(state, Command(), Row() with { State = EntryState.Deleted }, Sample.Now));
        Assert.NotNull(RowRules.Delete(state, Command(), Row() with { State = EntryState.Corrupt }, Sample.Now).Mark);
    }

    [Fact]
    public void Delete_ProofOfAnythingElse_IsRefused()
    {
        GroupState state = State(acked: 5);
        byte[] flipped = Command().Proof.ToArray();
        flipped[10] ^= 1;
        Assert.Equal(RefusalReason.NotAdmitted, RowRules.Delete(state, Command() with { Proof = flipped }, Row(), Sample.Now).Refusal?.Reason);
        Assert.Equal(RefusalReason.StaleKeyEpoch, RowRules.Delete(state, Command() with { KeyEpoch = new KeyEpoch(1) }, Row(), Sample.Now).Refusal?.Reason);
        byte[] others = DeleteProof.Sign(_seed, Sample.Group, default, Sample.Device(2), new Sequence(7), Blob);
        Assert.Equal(RefusalReason.NotAdmitted, RowRules.Delete(state, Command() with { Proof = others }, Row(), Sample.Now).Refusal?.Reason);
    }

    [Fact]
    public void Refill_CorruptRowWithTheSameIds_IsRefilledByAnybody()
    {
        RefillCommand command = Refill();
        (LogRefill? refill, Refusal? refusal) = RowRules.Refill(State(), command, Row() with { State = EntryState.Corrupt }, new GroupOptions(), Sample.Now);

        Assert.Null(refusal);
        Assert.Equal((5L, 5UL, Sample.Device(1), 7UL, Blob), (refill!.ExpectedVersion, refill.Cursor.Value, refill.Sender, refill.SenderSeq.Value, refill.BlobId));
        Assert.Equal(command.Envelope, refill.Envelope);
    }

    [Fact]
    public void Refill_AnythingElse_IsRefusedOrDoneAlready()
    {
        PageEntry corrupt = Row() with { State = EntryState.Corrupt };
        Assert.Equal((null, null), RowRules.Refill(State(), Refill(), Row(), new GroupOptions(), Sample.Now));
        Assert.Equal(RefusalReason.BlobNotFound, Reason(Refill(), Row() with { State = EntryState.Expired }));
        Assert.Equal(RefusalReason.BlobNotFound, Reason(Refill(), Row() with { State = EntryState.Deleted }));
        Assert.Equal(RefusalReason.BlobNotFound, Reason(Refill(), null));
        Assert.Equal(RefusalReason.BlobNotFound, Reason(Refill(), corrupt with { BlobId = default }));
        Assert.Equal(RefusalReason.BlobNotFound, Reason(Refill(), corrupt with { Sender = default }));
        Assert.Equal(RefusalReason.BlobNotFound, Reason(Refill() with { SenderSeq = new Sequence(8) }, corrupt));
        Assert.Equal(RefusalReason.InvalidMessage, Reason(Refill() with { Envelope = new byte[20] }, corrupt));
        Assert.Equal(RefusalReason.InvalidMessage, Reason(Refill() with { Envelope = Sample.Entry(9).Envelope }, corrupt));
        Assert.Equal(RefusalReason.BlobTooLarge, Reason(Refill() with { Envelope = Sample.Entry(7, bytes: 2000).Envelope }, corrupt));
        Assert.Equal(RefusalReason.NotAdmitted, Reason(Refill() with { From = Sample.Device(9) }, corrupt));
    }

    private static RefusalReason? Reason(RefillCommand command, PageEntry? row) =>
        RowRules.Refill(With(Sample.Stored(1), Sample.Stored(2)), command, row, new GroupOptions { BlobBytesMax = 1500 }, Sample.Now).Refusal?.Reason;

    private static RefillCommand Refill() => new()
    {
        From = Sample.Device(2),
        Cursor = new Cursor(5),
        Sender = Sample.Device(1),
        SenderSeq = new Sequence(7),
        BlobId = Blob,
        Envelope = Sample.Entry(7).Envelope,
    };

    private static PageEntry Row() => new()
    {
        Cursor = new Cursor(5),
        State = EntryState.Blob,
        Sender = Sample.Device(1),
        BlobId = Blob,
        KeyEpoch = default,
        FirstSeq = new Sequence(7),
        SenderSeq = new Sequence(7),
        TimestampMs = Sample.Now,
    };

    private static GroupState With(params StoredDevice[] devices) => Sample.State(devices);

    private GroupState State(ulong acked = 5) => Sample.State(Key(), Sample.Stored(1), Sample.Stored(2, acked));

    private AdmissionKey Key()
    {
        byte[] key = new byte[AdmissionKey.Size];
        Ed25519.GetPublicKey(_seed, key);
        return AdmissionKey.Read(key);
    }

    private DeleteCommand Command() => new()
    {
        Device = Sample.Device(1),
        BlobId = Blob,
        Cursor = new Cursor(5),
        SenderSeq = new Sequence(7),
        KeyEpoch = default,
        Proof = DeleteProof.Sign(_seed, Sample.Group, default, Sample.Device(1), new Sequence(7), Blob),
        Force = false,
    };
}

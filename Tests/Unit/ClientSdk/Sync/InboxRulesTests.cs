using ZeroKSync.Client;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class InboxRulesTests
{
    private static readonly GroupId Group = GroupId.Read([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly DeviceId Sender = DeviceId.Read([.. Enumerable.Repeat((byte)2, 32)]);
    private static readonly BlobId Blob = BlobId.Read([.. Enumerable.Repeat((byte)3, 16)]);
    private static readonly BlobId Other = BlobId.Read([.. Enumerable.Repeat((byte)4, 16)]);
    private static readonly SequenceLink Known = SequenceLink.Read([.. Enumerable.Repeat((byte)5, 32)]);

    [Fact]
    public void Decide_NextBlob_IsDeliveredAndTheChainGoesOn()
    {
        InboxDecision decision = Decide(Entry(6), Opened(6));

        Assert.Equal(InboxState.Deliverable, decision.State);
        Assert.Equal(new VectorEntry(new Sequence(6), SequenceLinks.Next(Group, new BlobIds(Sender, new Sequence(6), Blob), Known)), decision.Advance);
        Assert.Null(decision.Report);
    }

    [Fact]
    public void Decide_SameBlobAgain_IsKnown() =>
        Assert.Null(Decide(Entry(5), Opened(5), known: [App(Blob)]).State);

    [Fact]
    public void Decide_WhatWasMissingOrSealed_IsReplaced()
    {
        InboxDecision decision = Decide(Entry(6), Opened(6), known: [new KnownRow(InboxState.Quarantined, null, Blob, 9)]);

        Assert.Equal((InboxState.Deliverable, 9L), (decision.State!.Value, decision.Replaces));
    }

    [Fact]
    public void Decide_OneNumberForTwoBlobs_DeliversBothAndReports()
    {
        InboxDecision decision = Decide(Entry(5), Opened(5), known: [App(Other)]);

        Assert.Equal((InboxState.Deliverable, SyncEventKind.ForkDetected), (decision.State!.Value, decision.Report!.Value));
        Assert.Null(decision.Advance);
    }

    [Fact]
    public void Decide_Hole_IsDeliveredBrokenAndDoesNotAdvance()
    {
        InboxDecision decision = Decide(Entry(8), Opened(8));

        Assert.Equal((InboxState.Deliverable, true, SyncEventKind.SequenceBroken), (decision.State!.Value, decision.IsBroken, decision.Report!.Value));
        Assert.Null(decision.Advance);
    }

    [Fact]
    public void Decide_LinkThatDoesNotJoin_IsBroken() => Assert.True(Decide(Entry(6), Opened(6, previous: default(SequenceLink))).IsBroken);

    [Fact]
    public void Decide_Void_AdvancesToTheLinkInItsPayload()
    {
        InboxDecision decision = Decide(Entry(9, first: 6), Opened(6, BlobType.Void, payload: Enumerable.Repeat((byte)8, 32).ToArray()));

        Assert.Equal(InboxState.Internal, decision.State);
        Assert.Equal(new VectorEntry(new Sequence(9), SequenceLink.Read([.. Enumerable.Repeat((byte)8, 32)])), decision.Advance);
    }

    [Fact]
    public void Decide_KnownRowAboveAFilledHole_JoinsWithoutBeingKeptTwice()
    {
        InboxDecision decision = Decide(Entry(6), Opened(6), known: [App(Blob)]);

        Assert.Null(decision.State);
        Assert.Equal(6UL, decision.Advance!.Value.Sequence.Value);
        Assert.True(Decide(Entry(8), Opened(8), known: [App(Blob)]).IsBroken);
    }

    [Fact]
    public void Decide_DeletionAboveAFilledHole_JoinsAndIsSettled()
    {
        InboxDecision decision = InboxRules.Decide(
            Entry(6) with { State = PullEntryState.Deleted }, null, isDeletionProved: true, Vector(), [new KnownRow(InboxState.Missing, null, Blob, 9)], Group, _ => true);

        Assert.Equal((InboxState.Internal, 9L, 6UL), (decision.State!.Value, decision.Replaces, decision.Advance!.Value.Sequence.Value));
    }

    [Fact]
    public void Decide_DeletedRun_SaysNothingOfTheChain()
    {
        PullEntry entry = Entry(8, first: 6) with { State = PullEntryState.Deleted };

        InboxDecision decision = InboxRules.Decide(entry, null, isDeletionProved: true, Vector(), [], Group, _ => true);

        Assert.Equal(InboxState.Missing, decision.State);
        Assert.Null(decision.Advance);
    }

    [Fact]
    public void Decide_VectorOnTheNumberOfAnAppsBlob_IsKeptAndIsAFork()
    {
        InboxDecision decision = Decide(Entry(5), Opened(5, BlobType.Vector), known: [App(Other)]);

        Assert.Equal((InboxState.Internal, SyncEventKind.ForkDetected), (decision.State!.Value, decision.Report!.Value));
    }

    [Fact]
    public void Decide_TwoBlobsOfWhichNoneIsForTheApp_AreAFork()
    {
        InboxDecision decision = Decide(Entry(5), Opened(5, BlobType.Vector), known: [new KnownRow(InboxState.Internal, BlobType.Request, Other, 9)]);

        Assert.Equal((InboxState.Internal, BlobType.Vector, SyncEventKind.ForkDetected), (decision.State!.Value, decision.Type!.Value, decision.Report!.Value));
    }

    [Theory]
    [InlineData(BlobType.AppData)]
    [InlineData(BlobType.Vector)]
    internal void Decide_BlobOnTheNumberOfAVoid_IsKeptAndNoFork(BlobType type)
    {
        InboxDecision decision = Decide(Entry(5), Opened(5, type), known: [new KnownRow(InboxState.Internal, BlobType.Void, Other, 9)]);

        Assert.Equal(type, decision.Type);
        Assert.NotNull(decision.State);
        Assert.Null(decision.Report);
    }

    [Fact]
    public void Decide_BlobOnTheNumberOfAProvedDeletion_IsNoFork() =>
        Assert.Null(Decide(Entry(5), Opened(5), known: [new KnownRow(InboxState.Internal, null, Other, 9)]).Report);

    [Fact]
    public void Decide_VoidOnTheNumberOfAVectorThatIsThere_ChangesNothing() =>
        Assert.Null(Decide(Entry(5), Opened(5, BlobType.Void, payload: new byte[32]), known: [new KnownRow(InboxState.Internal, BlobType.Vector, Other, 9)]).State);

    [Fact]
    public void Decide_VoidOnTheNumberOfABlobThatIsThere_ChangesNothing()
    {
        InboxDecision decision = Decide(Entry(5), Opened(5, BlobType.Void, payload: new byte[32]), known: [App(Other)]);

        Assert.Equal(new InboxDecision { Type = BlobType.Void }, decision);
    }

    [Theory]
    [InlineData(BlobType.AppData, 6, 0, QuarantineReason.RunThatIsNoVoid)]
    [InlineData(BlobType.Vector, 6, 0, QuarantineReason.RunThatIsNoVoid)]
    [InlineData(BlobType.Void, 6, 31, QuarantineReason.DamagedVoid)]
    [InlineData(BlobType.Void, 9, 33, QuarantineReason.DamagedVoid)]
    [InlineData(BlobType.Vector, 9, 1, QuarantineReason.DamagedVector)]
    [InlineData((BlobType)7, 9, 0, QuarantineReason.UnknownType)]
    [InlineData((BlobType)255, 9, 0, QuarantineReason.UnknownType)]
    internal void Decide_AuthenticButNotBelieved_IsQuarantinedWithItsReason(BlobType type, ulong first, int payload, QuarantineReason reason)
    {
        InboxDecision decision = Decide(Entry(9, first), Opened(first, type, payload: new byte[payload]));

        Assert.Equal((InboxState.Quarantined, reason, SyncEventKind.Quarantined), (decision.State!.Value, decision.Quarantine!.Value, decision.Report!.Value));
        Assert.Null(decision.Advance);
    }

    [Fact]
    public void Decide_EpochWithoutASecret_IsToldFromWhatDoesNotOpen()
    {
        byte[] envelope = new byte[EnvelopeHeader.Size + 100];
        new EnvelopeHeader(new KeyEpoch(3), new Sequence(6), Known).Write(envelope);
        PullEntry entry = Entry(6) with { Envelope = envelope, KeyEpoch = new KeyEpoch(3) };

        Assert.Equal(QuarantineReason.UnknownEpoch, InboxRules.Decide(entry, null, false, Vector(), [], Group, _ => false).Quarantine);
        Assert.Equal(QuarantineReason.DoesNotOpen, InboxRules.Decide(entry, null, false, Vector(), [], Group, _ => true).Quarantine);
        Assert.Equal(QuarantineReason.NoEnvelope, InboxRules.Decide(entry with { Envelope = new byte[1] }, null, false, Vector(), [], Group, _ => true).Quarantine);
    }

    [Theory]
    [InlineData(PullEntryState.Blob, InboxState.Quarantined, SyncEventKind.Quarantined)]
    [InlineData(PullEntryState.Deleted, InboxState.Missing, SyncEventKind.Missing)]
    [InlineData(PullEntryState.Expired, InboxState.Missing, SyncEventKind.Missing)]
    [InlineData(PullEntryState.Corrupt, InboxState.Missing, SyncEventKind.Missing)]
    internal void Decide_NothingThatOpens_IsKeptAndReported(PullEntryState state, InboxState kept, SyncEventKind report)
    {
        InboxDecision decision = Decide(Entry(6) with { State = state }, opened: null);

        Assert.Equal((kept, report), (decision.State!.Value, decision.Report!.Value));
        Assert.Null(decision.Advance);
        Assert.Null(Decide(Entry(6) with { State = state }, opened: null, known: [new KnownRow(kept, null, Blob, 1)]).State);
    }

    [Fact]
    public void Decide_ProvedDeletion_CountsAsAnswered()
    {
        InboxDecision decision = InboxRules.Decide(Entry(6) with { State = PullEntryState.Deleted }, null, isDeletionProved: true, Vector(), [], Group, _ => true);

        Assert.Equal(InboxState.Internal, decision.State);
        Assert.Equal(6UL, decision.Advance!.Value.Sequence.Value);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(5, 5, true)]
    [InlineData(6, 5, false)]
    [InlineData(5, 6, false)]
    public void IsOwn_RelayThatKnowsMoreOrOther_IsNot(ulong relayLast, byte relayLink, bool isOwn)
    {
        SequenceLink link = relayLink == 0 ? default : SequenceLink.Read([.. Enumerable.Repeat(relayLink, 32)]);

        Assert.Equal(isOwn, OutboxStart.IsOwn(new Sequence(relayLast), link, new Sequence(5), Known, voidLink: null));
    }

    // A relay that refused a blob and stored it all the same, and one that took the void run in its place, both have what this device sent.
    [Theory]
    [InlineData(5, true)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public void IsOwn_BlobOrTheVoidRunInItsPlace_Is(byte relayLink, bool isOwn)
    {
        SequenceLink link = SequenceLink.Read([.. Enumerable.Repeat(relayLink, 32)]), run = SequenceLink.Read([.. Enumerable.Repeat((byte)7, 32)]);

        Assert.Equal(isOwn, OutboxStart.IsOwn(new Sequence(5), link, new Sequence(5), Known, run));
    }

    [Fact]
    public void StatusOf_AnythingUnproved_IsNotSynced()
    {
        var synced = new StatusFacts(ConnectionPhase.Active, 0, IsCaughtUp: true, default, 0, HasGaps: false, null);
        Assert.Equal(SyncState.Synced, StatusRule.Of(synced).State);

        StatusFacts[] not =
        [
            synced with { Phase = ConnectionPhase.Waiting },
            synced with { Phase = ConnectionPhase.Stopped },
            synced with { Phase = ConnectionPhase.Idle },
            synced with { Pending = 1 },
            synced with { IsCaughtUp = false },
            synced with { Troubled = 1 },
            synced with { HasGaps = true },
            synced with { Failure = SyncErrorKind.QuotaExceeded },
            synced with { Behind = 1 },
            synced with { IsWithheld = true },
            synced with { ReadFailure = SyncErrorKind.QuarantineFull },
        ];
        Assert.All(not, facts => Assert.NotEqual(SyncState.Synced, StatusRule.Of(facts).State));
    }

    [Fact]
    public void Judge_EveryCode_KeepsTheBlob()
    {
        Assert.Equal(PushVerdict.Resend, PushRules.Judge(ErrorCode.OutOfSequence));
        Assert.Equal(PushVerdict.Void, PushRules.Judge(ErrorCode.BlobTooLarge));
        Assert.All(
            (ErrorCode[])[ErrorCode.RateLimited, ErrorCode.GroupQuotaExceeded, ErrorCode.RelayOverloaded, ErrorCode.RelayUnavailable, ErrorCode.StorageFull],
            code => Assert.Equal(PushVerdict.Wait, PushRules.Judge(code)));
        Assert.Equal(PushVerdict.Reseal, PushRules.Judge(ErrorCode.StaleKeyEpoch));
        Assert.Equal(PushVerdict.Stop, PushRules.Judge(ErrorCode.DeviceRevoked));
    }

    private static InboxDecision Decide(PullEntry entry, OpenedBlob? opened, params KnownRow[] known) =>
        InboxRules.Decide(entry, opened, isDeletionProved: false, Vector(), known, Group, _ => true);

    private static KnownRow App(BlobId blob) => new(InboxState.Deliverable, BlobType.AppData, blob, 9);

    private static VersionVector Vector()
    {
        var vector = new VersionVector();
        vector.Load(Sender, new VectorEntry(new Sequence(5), Known));
        return vector;
    }

    private static PullEntry Entry(ulong seq, ulong? first = null) =>
        new(new Cursor(seq), PullEntryState.Blob, Sender, Blob, default, new Sequence(first ?? seq), new Sequence(seq), 0, new byte[1], default(ReadOnlyMemory<byte>?));

    private static OpenedBlob Opened(ulong first, BlobType type = BlobType.AppData, SequenceLink? previous = null, byte[]? payload = null) =>
        new(type, new EnvelopeHeader(default, new Sequence(first), previous ?? Known), payload ?? (type == BlobType.Vector ? VectorBlob.Encode([]) : []));
}

using System.Security.Cryptography;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Grains.Groups;

public sealed class AppendRulesTests
{
    private static readonly GroupOptions Options = new() { GroupBytesMax = 1 << 20 };

    [Fact]
    public void Decide_NextSequences_AreAllStored()
    {
        GroupState state = Sample.State(Sample.Stored(1));
        AppendEntry last = Sample.Entry(3);

        AppendDecision decision = AppendRules.Decide(state, Sample.Batch(1, Sample.Entry(1), Sample.Entry(2), last), Options, Sample.Now);

        Assert.Null(decision.Refusal);
        Assert.Equal([1, 2, 3], decision.Append!.Entries.Select(entry => entry.SenderSeq.Value));
        Assert.Equal(5, decision.Append.ExpectedVersion);
        Assert.Equal(ExpectedLink(last), decision.Append.LastLink);
        Assert.Equal([1, 2, 3], AppendRules.Receipts(decision, Sample.Store(state, decision)).Select(receipt => receipt.Cursor.Value));
    }

    [Fact]
    public void Decide_Repeat_GetsItsFirstCursorWhateverTheEpochIs()
    {
        GroupState state = Sample.State(Sample.Stored(1));
        AppendEntry entry = Sample.Entry(1);
        Sample.Store(state, AppendRules.Decide(state, Sample.Batch(1, entry), Options, Sample.Now));

        AppendDecision again = AppendRules.Decide(state, Sample.Batch(1, entry with { KeyEpoch = new KeyEpoch(4) }), Options, Sample.Now + 1000);

        Assert.Null(again.Append);
        AppendReceipt receipt = Assert.Single(AppendRules.Receipts(again, written: null));
        Assert.Equal((1UL, Sample.Now, true), (receipt.Cursor.Value, receipt.TimestampMs, receipt.Duplicate));
    }

    [Fact]
    public void Decide_RepeatInsideTheBatch_SharesTheCursor()
    {
        GroupState state = Sample.State(Sample.Stored(1));
        AppendEntry entry = Sample.Entry(1);

        AppendDecision decision = AppendRules.Decide(state, Sample.Batch(1, entry, entry, Sample.Entry(2)), Options, Sample.Now);

        Assert.Equal(2, decision.Append!.Entries.Length);
        Assert.Equal([(1UL, false), (1UL, true), (2UL, false)], AppendRules.Receipts(decision, Sample.Store(state, decision)).Select(receipt => (receipt.Cursor.Value, receipt.Duplicate)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void Decide_Gap_IsRefusedWithTheExpectedOne(ulong seq)
    {
        GroupState state = Sample.State(Sample.Stored(1));

        AppendDecision decision = AppendRules.Decide(state, Sample.Batch(1, Sample.Entry(1), Sample.Entry(seq), Sample.Entry(2)), Options, Sample.Now);

        Assert.Single(decision.Append!.Entries);
        Assert.Equal(RefusalReason.OutOfSequence, decision.Refusal!.Reason);
        Assert.Equal([2], decision.Refusal.Detail);
    }

    [Fact]
    public void Decide_KnownSequenceWithAnotherBlob_IsOutOfSequence()
    {
        GroupState state = Sample.State(Sample.Stored(1));
        Sample.Store(state, AppendRules.Decide(state, Sample.Batch(1, Sample.Entry(1)), Options, Sample.Now));

        Assert.Equal(RefusalReason.OutOfSequence, AppendRules.Decide(state, Sample.Batch(1, Sample.Entry(1)), Options, Sample.Now).Refusal!.Reason);
    }

    [Fact]
    public void Decide_VoidRun_StandsForAllItsSequences()
    {
        GroupState state = Sample.State(Sample.Stored(1));

        AppendDecision decision = AppendRules.Decide(state, Sample.Batch(1, Sample.Entry(9, first: 1), Sample.Entry(10)), Options, Sample.Now);

        Assert.Null(decision.Refusal);
        Assert.Equal(10UL, decision.Append!.Entries[^1].SenderSeq.Value);
    }

    [Fact]
    public void Decide_EnvelopeThatSaysOtherwise_IsInvalid()
    {
        GroupState state = Sample.State(Sample.Stored(1));
        AppendEntry entry = Sample.Entry(1);
        AppendEntry[] wrong =
        [
            entry with { KeyEpoch = new KeyEpoch(1) },
            entry with { FirstSeq = new Sequence(0) },
            entry with { Envelope = entry.Envelope[..(EnvelopeHeader.Size - 1)] },
            entry with { SenderSeq = new Sequence(ulong.MaxValue) },
            Sample.Entry(1, first: 2),
        ];

        Assert.All(wrong, bad => Assert.Equal(RefusalReason.InvalidMessage, AppendRules.Decide(state, Sample.Batch(1, bad), Options, Sample.Now).Refusal!.Reason));
    }

    [Fact]
    public void Decide_OtherRefusals_NameTheirNumbers()
    {
        GroupState state = Sample.State(Sample.Stored(1), Sample.Stored(2, revoked: RevocationReason.Lost));
        var small = new GroupOptions { BlobBytesMax = 1024, GroupBytesMax = 1 << 20 };

        Refusal stale = AppendRules.Decide(state, Sample.Batch(1, Sample.Entry(1, epoch: 3)), Options, Sample.Now).Refusal!;
        Refusal large = AppendRules.Decide(state, Sample.Batch(1, Sample.Entry(1, bytes: 1025)), small, Sample.Now).Refusal!;
        Refusal full = AppendRules.Decide(state, Sample.Batch(1, Sample.Entry(1, bytes: 600_000), Sample.Entry(2, bytes: 600_000)), Options, Sample.Now, isRoomMade: true).Refusal!;

        Assert.Equal((RefusalReason.StaleKeyEpoch, "1,0"), (stale.Reason, string.Join(',', stale.Detail)));
        Assert.Equal((RefusalReason.BlobTooLarge, "1,1024"), (large.Reason, string.Join(',', large.Detail)));
        // Before the room is made, storage has the say.
        Assert.Null(AppendRules.Decide(state, Sample.Batch(1, Sample.Entry(1, bytes: 600_000), Sample.Entry(2, bytes: 600_000)), Options, Sample.Now).Refusal);
        Assert.Equal((RefusalReason.GroupQuotaExceeded, "2,600000,1048576"), (full.Reason, string.Join(',', full.Detail)));
        Assert.Equal(RefusalReason.DeviceRevoked, AppendRules.Decide(state, Sample.Batch(2, Sample.Entry(1)), Options, Sample.Now).Refusal!.Reason);
        Assert.Equal(RefusalReason.NotAdmitted, AppendRules.Decide(state, Sample.Batch(3, Sample.Entry(1)), Options, Sample.Now).Refusal!.Reason);
    }

    [Fact]
    public void Decide_Ttl_IsTheDefaultOrClampedToTheCap()
    {
        GroupState state = Sample.State(Sample.Stored(1));
        AppendDecision decision = AppendRules.Decide(
            state, Sample.Batch(1, Sample.Entry(1), Sample.Entry(2) with { TtlSeconds = 60 }, Sample.Entry(3) with { TtlSeconds = uint.MaxValue }), Options, Sample.Now);

        Assert.Equal(
            [TimeSpan.FromDays(7), TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)],
            decision.Append!.Entries.Select(entry => TimeSpan.FromMilliseconds(entry.ExpiresMs - Sample.Now)));
    }

    [Fact]
    public void Decide_RandomBatchesWithRepeats_CursorsAreGaplessAndEachBlobHasOne()
    {
        for (int seed = 1; seed <= 100; seed++)
        {
            var random = new Random(seed);
            GroupState state = Sample.State(Sample.Stored(1), Sample.Stored(2));
            var sent = new Dictionary<byte, List<AppendEntry>> { [1] = [], [2] = [] };
            var cursors = new Dictionary<BlobId, ulong>();
            for (int round = 0; round < 30; round++)
            {
                byte sender = (byte)random.Next(1, 3);
                List<AppendEntry> mine = sent[sender];
                int repeats = random.Next(0, Math.Min(mine.Count, 5) + 1);
                var batch = mine.Skip(mine.Count - repeats).ToList();
                for (int i = random.Next(0, 4); i >= 0; i--)
                {
                    mine.Add(Sample.Entry((ulong)mine.Count + 1));
                    batch.Add(mine[^1]);
                }

                AppendDecision decision = AppendRules.Decide(state, Sample.Batch(sender, [.. batch]), Options, Sample.Now);
                LogWritten? written = decision.Append is null ? null : Sample.Store(state, decision);
                AppendReceipt[] receipts = [.. AppendRules.Receipts(decision, written)];
                Assert.True(receipts.Length == batch.Count, $"seed {seed}");
                for (int i = 0; i < receipts.Length; i++)
                    Assert.True(cursors.TryAdd(batch[i].BlobId, receipts[i].Cursor.Value) || cursors[batch[i].BlobId] == receipts[i].Cursor.Value, $"seed {seed}");
            }

            Assert.True(cursors.Values.Order().SequenceEqual(Enumerable.Range(1, cursors.Count).Select(i => (ulong)i)), $"seed {seed}");
        }
    }

    private static SequenceLink ExpectedLink(AppendEntry entry)
    {
        byte[] seq = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(seq, entry.SenderSeq.Value);
        byte[] input = [.. "zks/1 link"u8, .. Sample.Group.ToArray(), .. Sample.Device(1).ToArray(), .. seq, .. entry.BlobId.ToArray(), .. new byte[32]];
        return SequenceLink.Read(SHA256.HashData(input));
    }
}

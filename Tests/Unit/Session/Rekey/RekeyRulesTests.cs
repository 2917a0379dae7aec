using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Rekey;

public sealed class RekeyRulesTests
{
    private const long Soft = RekeyLimits.FramesSoftDefault;
    private const long Hard = RekeyLimits.FramesHardDefault;
    private static readonly TimeSpan SoftAge = RekeyLimits.AgeSoftDefault;
    private static readonly TimeSpan Young = TimeSpan.Zero;
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public void Defaults_AreTheProtocols()
    {
        Assert.Equal((1L << 20, 1L << 21), (RekeyLimits.Default.FramesSoft, RekeyLimits.Default.FramesHard));
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromHours(2)), (RekeyLimits.Default.AgeSoft, RekeyLimits.Default.AgeHard));
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)), (RekeyLimits.Default.Deadline, RekeyLimits.Default.ReplacedLife));
    }

    [Theory]
    [InlineData(0, RekeyDecision.Nothing, RekeyDecision.Nothing)]
    [InlineData(Soft - 1, RekeyDecision.Nothing, RekeyDecision.Nothing)]
    [InlineData(Soft, RekeyDecision.Start, RekeyDecision.Ask)]
    [InlineData(Hard - 1, RekeyDecision.Start, RekeyDecision.Ask)]
    [InlineData(Hard, RekeyDecision.End, RekeyDecision.End)]
    public void Decide_ByFrames_StartsAsksAndEnds(long frames, RekeyDecision client, RekeyDecision relay)
    {
        Assert.Equal(client, Decide(isClient: true, frames: frames));
        Assert.Equal(relay, Decide(isClient: false, frames: frames));
    }

    [Fact]
    public void Decide_ByAge_StartsAsksAndEnds()
    {
        Assert.Equal(RekeyDecision.Nothing, Decide(isClient: true, age: SoftAge - Tick));
        Assert.Equal(RekeyDecision.Start, Decide(isClient: true, age: SoftAge));
        Assert.Equal(RekeyDecision.Ask, Decide(isClient: false, age: SoftAge));
        Assert.Equal(RekeyDecision.Start, Decide(isClient: true, age: (2 * SoftAge) - Tick));
        Assert.Equal(RekeyDecision.End, Decide(isClient: true, age: 2 * SoftAge));
        Assert.Equal(RekeyDecision.End, Decide(isClient: false, age: 2 * SoftAge));
    }

    [Fact]
    public void Decide_ClientThatIsAsked_StartsWhateverItsOwnCounts()
    {
        Assert.Equal(RekeyDecision.Start, Decide(isClient: true, RekeyPhase.Asked));
        Assert.Equal(RekeyDecision.Nothing, Decide(isClient: true, RekeyPhase.Idle));
    }

    [Theory]
    [InlineData(true, RekeyPhase.AwaitingSecond)]
    [InlineData(true, RekeyPhase.AwaitingSecondAsked)]
    [InlineData(true, RekeyPhase.AwaitingConfirmation)]
    [InlineData(false, RekeyPhase.Asked)]
    [InlineData(false, RekeyPhase.AwaitingThird)]
    public void Decide_UnderWay_IsNotBegunTwice_AndEndsAllTheSame(bool isClient, RekeyPhase phase)
    {
        Assert.Equal(RekeyDecision.Nothing, Decide(isClient, phase, frames: Hard - 1));
        Assert.Equal(RekeyDecision.End, Decide(isClient, phase, frames: Hard));
    }

    [Fact]
    public void Decide_AtTheLastEpoch_ClientReopens_RelayNeitherAsksNorTakes()
    {
        Assert.Equal(RekeyDecision.Start, Decide(isClient: true, frames: Soft, epoch: SessionKeys.LastEpoch - 1));
        Assert.Equal(RekeyDecision.Reopen, Decide(isClient: true, frames: Soft, epoch: SessionKeys.LastEpoch));
        Assert.Equal(RekeyDecision.Nothing, Decide(isClient: true, frames: Soft - 1, epoch: SessionKeys.LastEpoch));
        Assert.Equal(RekeyDecision.Nothing, Decide(isClient: false, frames: Soft, epoch: SessionKeys.LastEpoch));
        Assert.True(RekeyRules.MayBegin(SessionKeys.LastEpoch - 1, 1, RekeyLimits.Default));
        Assert.False(RekeyRules.MayBegin(SessionKeys.LastEpoch, 1, RekeyLimits.Default));
    }

    // The relay's clock for an epoch starts before the client's, so one that keeps to the rule is never refused.
    [Fact]
    public void Decide_ManyEpochsLive_ClientWaits_RelayAllowsOneMore()
    {
        int most = RekeyLimits.Default.EpochsLive;
        Assert.Equal(RekeyDecision.Start, Decide(isClient: true, frames: Soft, live: most - 1));
        Assert.Equal(RekeyDecision.Nothing, Decide(isClient: true, frames: Soft, live: most));
        Assert.True(RekeyRules.MayBegin(7, most, RekeyLimits.Default));
        Assert.False(RekeyRules.MayBegin(7, most + 1, RekeyLimits.Default));
    }

    [Fact]
    public void UntilNext_IsTheNextAgeThatMatters()
    {
        Assert.Equal(SoftAge, RekeyRules.UntilNext(Young, RekeyLimits.Default));
        Assert.Equal(Tick, RekeyRules.UntilNext(SoftAge - Tick, RekeyLimits.Default));
        Assert.Equal(SoftAge, RekeyRules.UntilNext(SoftAge, RekeyLimits.Default));
        Assert.Equal(TimeSpan.Zero, RekeyRules.UntilNext(3 * SoftAge, RekeyLimits.Default));
    }

    private static RekeyDecision Decide(
        bool isClient, RekeyPhase phase = RekeyPhase.Idle, long frames = 0, TimeSpan age = default, byte epoch = 0, int live = 1) =>
        RekeyRules.Decide(new RekeyFacts(isClient, phase, epoch, live, frames, age), RekeyLimits.Default);
}

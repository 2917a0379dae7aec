using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class VectorRulesTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void SealDue_NothingNew_IsNever() => Assert.Null(VectorRules.SealDue(State(isChanged: false), default, Minute(1000)));

    [Fact]
    public void SealDue_SomethingNew_IsTenMinutesAfterTheLast() => Assert.Equal(Minute(10), VectorRules.SealDue(State(isChanged: true), default, Minute(3)));

    [Fact]
    public void SealDue_NewEpoch_IsAtOnce() => Assert.Equal(Minute(3), VectorRules.SealDue(State(isChanged: false), new KeyEpoch(1), Minute(3)));

    [Fact]
    public void SealDue_ClockThatWentBack_IsAtOnce() => Assert.Equal(Minute(-60), VectorRules.SealDue(State(isChanged: true), default, Minute(-60)));

    [Fact]
    public void Merge_WhatIsHere_ClaimsNothing()
    {
        Assert.Null(VectorRules.Merge(null, Seq(5), Seq(5), Minute(0)));
        Assert.Null(VectorRules.Merge(null, Seq(4), Seq(5), Minute(0)));
    }

    [Fact]
    public void Merge_WhatIsNotHere_CountsFromWhenItWasHeardOf()
    {
        VectorClaim? claim = VectorRules.Merge(null, Seq(7), Seq(5), Minute(1));

        Assert.Equal(new VectorClaim(Seq(7), Minute(1), Seq(7), Minute(1)), claim);
        Assert.Equal(Minute(11), VectorRules.WithheldAt(claim!.Value, Minute(2)));
        Assert.Equal(claim, VectorRules.Merge(claim, Seq(7), Seq(6), Minute(5)));
    }

    [Fact]
    public void Merge_LaterClaims_DoNotPutOffTheFirst()
    {
        VectorClaim? claim = VectorRules.Merge(null, Seq(7), Seq(5), Minute(1));
        claim = VectorRules.Merge(claim, Seq(20), Seq(5), Minute(9));

        Assert.Equal(new VectorClaim(Seq(7), Minute(1), Seq(20), Minute(9)), claim);
        Assert.Equal(Minute(11), VectorRules.WithheldAt(claim!.Value, Minute(9)));
    }

    [Fact]
    public void Settle_FirstReached_GoesOnWithTheLastFromItsOwnTime()
    {
        var claim = new VectorClaim(Seq(7), Minute(1), Seq(20), Minute(9));

        Assert.Equal(claim, VectorRules.Settle(claim, Seq(6)));
        Assert.Equal(new VectorClaim(Seq(20), Minute(9), Seq(20), Minute(9)), VectorRules.Settle(claim, Seq(7)));
        Assert.Null(VectorRules.Settle(claim, Seq(20)));
    }

    [Fact]
    public void Merge_LowerClaim_IsTheFirstAndKeepsTheTime()
    {
        var claim = new VectorClaim(Seq(7), Minute(1), Seq(20), Minute(9));

        Assert.Equal(new VectorClaim(Seq(6), Minute(1), Seq(20), Minute(9)), VectorRules.Merge(claim, Seq(6), Seq(5), Minute(10)));
    }

    [Fact]
    public void WithheldAt_ClockThatWentBack_IsAtOnce() =>
        Assert.Equal(Minute(-5), VectorRules.WithheldAt(new VectorClaim(Seq(7), Minute(1), Seq(7), Minute(1)), Minute(-5)));

    private static VectorState State(bool isChanged) => new(isChanged, Start, default);

    private static DateTimeOffset Minute(double minutes) => Start + TimeSpan.FromMinutes(minutes);

    private static Sequence Seq(ulong value) => new(value);
}

using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Grains.Groups;

public sealed class HelloRulesTests
{
    private static readonly GroupOptions Options = new() { DevicesMax = 3 };

    [Fact]
    public void Decide_UnknownGroup_IsMadeOnlyWhenAsked()
    {
        Assert.Equal(RefusalReason.NotAdmitted, Decide(null, Hello(1)).Refusal!.Reason);

        StoredGroup made = Decide(null, Hello(1) with { Create = true }).Create!;

        Assert.Equal((Sample.Group, Sample.Epoch, 1UL, 0UL), (made.Group, made.RelayEpoch, made.Oldest.Value, made.Head.Value));
        Assert.Equal(Sample.Device(1), Assert.Single(made.Devices).Device);
    }

    [Fact]
    public void Decide_NewDevice_IsAddedAndAnnounced()
    {
        HelloDecision decision = Decide(Sample.State(Sample.Stored(1)), Hello(2) with { Create = true });

        Assert.Equal(Sample.Device(2), Assert.Single(decision.Write!.Devices).Device);
        Assert.Equal(Sample.Device(2), decision.Joined!.Device);
        Assert.Null(decision.Create);
    }

    [Fact]
    public void Decide_KnownDevice_IsNotAnnouncedAgain() => Assert.Null(Decide(Sample.State(Sample.Stored(1)), Hello(1)).Joined);

    [Fact]
    public void Decide_OneDeviceTooMany_IsRefused()
    {
        Refusal refusal = Decide(Sample.State(Sample.Stored(1), Sample.Stored(2), Sample.Stored(3)), Hello(4)).Refusal!;
        Assert.Equal((RefusalReason.DeviceLimit, "3,3"), (refusal.Reason, string.Join(',', refusal.Detail)));

        // Revoked ones do not count, and stay out.
        GroupState state = Sample.State(Sample.Stored(1), Sample.Stored(2), Sample.Stored(3, revoked: RevocationReason.Lost));
        Assert.Null(Decide(state, Hello(4)).Refusal);
        Assert.Equal(RefusalReason.DeviceRevoked, Decide(state, Hello(3)).Refusal!.Reason);
    }

    [Fact]
    public void Decide_PositionOfAnotherLifeOfTheLog_DoesNotCount()
    {
        GroupState state = Sample.State(Sample.Stored(1, acked: 9));

        Assert.Equal(9UL, Decide(state, Hello(1) with { RelayEpoch = Sample.Epoch }).Write!.Devices[0].Acked.Value);
        Assert.Equal(0UL, Decide(state, Hello(1) with { RelayEpoch = RelayEpoch.Read(new byte[16]) }).Write!.Devices[0].Acked.Value);
        Assert.Equal(0UL, Decide(state, Hello(1)).Write!.Devices[0].Acked.Value);
    }

    [Fact]
    public void Decide_Chain_AdvancesRestrictsOrForks()
    {
        ChainStatement first = Statement(1);
        GroupState state = Sample.State(Sample.Stored(1), Sample.Stored(2));
        HelloDecision advanced = Decide(state, Hello(1) with { Chain = [first], KeyEpoch = new KeyEpoch(1) });
        Assert.Single(advanced.Write!.Chain);
        state.Apply(advanced.Write, new LogWritten(6, state.Oldest, state.Head, 0));

        Assert.True(Decide(state, Hello(2)).IsRestricted);
        Assert.Equal(RefusalReason.NotAdmitted, Decide(state, Hello(3)).Refusal!.Reason);
        Assert.Equal(RefusalReason.RotationFork, Decide(state, Hello(1) with { Chain = [Statement(2)], KeyEpoch = new KeyEpoch(1) }).Refusal!.Reason);
        Assert.Equal(1u, HelloRules.Welcome(state, Sample.Device(1), Options).GroupKeyEpoch.Value);
        Assert.NotEqual(default, HelloRules.Welcome(state, Sample.Device(1), Options).LastStatement);
    }

    [Fact]
    public void Decide_ChainThatRevokes_BlocksThoseIds()
    {
        GroupState state = Sample.State(Sample.Stored(1), Sample.Stored(2));
        HelloCommand hello = Hello(1) with { Chain = [Statement(1, revoked: 2)], KeyEpoch = new KeyEpoch(1) };

        HelloDecision decision = Decide(state, hello);

        Assert.Equal(RevocationReason.Compromised, decision.Write!.Devices.Single(device => device.Device == Sample.Device(2)).Revoked);
        Assert.Equal(RefusalReason.DeviceRevoked, Decide(state, hello with { Device = Sample.Device(2) }).Refusal!.Reason);
    }

    [Fact]
    public void Welcome_Counts_WhatIsThere()
    {
        GroupState state = Sample.State(Sample.Stored(1), Sample.Stored(2));
        Sample.Store(state, AppendRules.Decide(state, Sample.Batch(1, Sample.Entry(1), Sample.Entry(2)), Options, Sample.Now));

        WelcomeState reader = HelloRules.Welcome(state, Sample.Device(2), Options);
        WelcomeState writer = HelloRules.Welcome(state, Sample.Device(1), Options);

        Assert.Equal((2UL, 2u, 0UL), (reader.HeadCursor.Value, reader.Pending, reader.LastSeq.Value));
        // One's own rows wait for others, not for oneself.
        Assert.Equal((2UL, 0u), (writer.LastSeq.Value, writer.Pending));
        Assert.NotEqual(default, writer.LastLink);
    }

    private static HelloDecision Decide(GroupState? state, HelloCommand hello) => HelloRules.Decide(Sample.Group, state, hello, Sample.Epoch, Options, Sample.Now);

    private static HelloCommand Hello(byte device) => new()
    {
        Device = Sample.Device(device),
        OriginKey = default,
        KeyEpoch = default,
        Chain = [],
        DeviceCard = new byte[] { device },
        Create = false,
    };

    private static ChainStatement Statement(byte number, byte? revoked = null)
    {
        byte[] statement = [.. Enumerable.Repeat(number, 164), (byte)(revoked is null ? 0 : 1), .. revoked is { } device ? [.. Sample.Device(device).ToArray(), 2] : (byte[])[]];
        return new ChainStatement { Statement = statement, Signature = new byte[64] };
    }
}

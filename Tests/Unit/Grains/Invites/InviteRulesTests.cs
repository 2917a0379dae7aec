using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Invites;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Grains.Invites;

public sealed class InviteRulesTests
{
    private const ulong Now = 1_800_000_000_000;

    [Fact]
    public void IsOpen_UntilItsTimeIsOver_ByTheRelaysClock()
    {
        InviteState state = InviteRules.Create(Creation(), Now);

        Assert.True(InviteRules.IsOpen(state, Now));
        Assert.True(InviteRules.IsOpen(state, Now + 599_999));
        Assert.False(InviteRules.IsOpen(state, Now + 600_000));
        Assert.False(InviteRules.IsOpen(null, Now));
    }

    [Fact]
    public void CheckCreation_Bounds_AreKept()
    {
        Assert.Null(InviteRules.CheckCreation(Creation(), null, Now));
        InviteCreation[] wrong =
        [
            Creation() with { ExpiresSeconds = 0 },
            Creation() with { ExpiresSeconds = Limits.InviteSeconds + 1 },
            Creation() with { Sealed = default(ReadOnlyMemory<byte>?) },
            Creation() with { Sealed = ReadOnlyMemory<byte>.Empty },
            Creation() with { Kind = InviteKind.ShortCode },
        ];
        Assert.All(wrong, creation => Assert.Equal(RefusalReason.InvalidMessage, InviteRules.CheckCreation(creation, null, Now)!.Reason));
    }

    [Fact]
    public void CheckCreation_IdInUse_OnlyItsOwnRepeatIsTaken()
    {
        InviteState open = InviteRules.Create(Creation(), Now);

        Assert.Null(InviteRules.CheckCreation(Creation(), open, Now));
        Assert.NotNull(InviteRules.CheckCreation(Creation() with { Sealed = new byte[] { 9 } }, open, Now));
        Assert.Null(InviteRules.CheckCreation(Creation() with { Sealed = new byte[] { 9 } }, open, Now + 600_000));
    }

    [Fact]
    public void MayCancel_OnlyTheGroupThatMadeIt()
    {
        InviteState open = InviteRules.Create(Creation(), Now);

        Assert.True(InviteRules.MayCancel(open, new CancelInviteCommand { Group = Creation().Group, Device = default }));
        Assert.False(InviteRules.MayCancel(open, new CancelInviteCommand { Group = default, Device = default }));
    }

    private static InviteCreation Creation() => new()
    {
        Group = GroupId.Read([.. Enumerable.Repeat((byte)1, 32)]),
        Creator = DeviceId.Read([.. Enumerable.Repeat((byte)2, 32)]),
        Kind = InviteKind.Invite,
        Sealed = new byte[] { 1, 2, 3 },
        ExpiresSeconds = 600,
        Attempts = 1,
    };
}

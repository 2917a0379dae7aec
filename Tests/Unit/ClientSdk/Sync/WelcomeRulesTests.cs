using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class WelcomeRulesTests : IAsyncDisposable
{
    private static readonly StatementHash Other = StatementHash.Read([.. Enumerable.Repeat((byte)9, 32)]);
    private readonly DeviceFixture _device = new();

    [Fact]
    public void Judge_EveryRelation_IsWhatItIs()
    {
        _device.Peer.Rotate();
        _device.Peer.Rotate();
        RotationChain own = _device.Peer.Record.Rotations;
        Assert.True(own.TryGetStatementHash(new KeyEpoch(1), out StatementHash middle));

        Assert.Equal(WelcomeVerdict.Level, Judge(own, 2, own.LastStatement));
        Assert.Equal(WelcomeVerdict.Fork, Judge(own, 2, Other));
        Assert.Equal(WelcomeVerdict.Fork, Judge(own, 2, middle));
        Assert.Equal(WelcomeVerdict.RelayBehind, Judge(own, 1, middle));
        Assert.Equal(WelcomeVerdict.Fork, Judge(own, 1, Other));
        Assert.Equal(WelcomeVerdict.RelayBehind, Judge(own, 0, default));
        Assert.Equal(WelcomeVerdict.Fork, Judge(own, 0, Other));
        Assert.Equal(WelcomeVerdict.RelayAhead, Judge(own, 3, Other));
        Assert.Equal(WelcomeVerdict.RelayAhead, Judge(own, uint.MaxValue, default));
    }

    public ValueTask DisposeAsync() => _device.DisposeAsync();

    private static WelcomeVerdict Judge(RotationChain own, uint epoch, StatementHash last) => WelcomeRules.Judge(own, new KeyEpoch(epoch), last);
}

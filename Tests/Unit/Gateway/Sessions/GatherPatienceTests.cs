using ZeroKSync.Gateway.Sessions;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

public sealed class GatherPatienceTests
{
    private readonly GatherPatience _patience = new();

    [Fact]
    public void MayWait_SenderThatIsNear_EveryTime()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.True(_patience.MayWait());
            _patience.Waited(isWhole: true);
        }
    }

    [Fact]
    public void MayWait_SenderThatIsFar_MoreAndMoreSeldom()
    {
        int[] skipped = [.. Enumerable.Range(0, 8).Select(_ => WaitInVain())];

        Assert.Equal([2, 4, 8, 16, 32, 64, 64, 64], skipped);
    }

    [Fact]
    public void MayWait_SenderThatCameNear_EveryTimeAgain()
    {
        for (int i = 0; i < 8; i++)
            WaitInVain();

        _patience.Waited(isWhole: true);

        Assert.True(_patience.MayWait());
        Assert.Equal(2, WaitInVain());
    }

    // How many batches follow that are not waited for.
    private int WaitInVain()
    {
        _patience.Waited(isWhole: false);
        int skipped = 0;
        while (!_patience.MayWait())
            skipped++;

        return skipped;
    }
}

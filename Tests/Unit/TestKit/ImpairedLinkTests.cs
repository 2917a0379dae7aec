using ZeroKSync.TestKit.Impairment;

namespace ZeroKSync.Tests.Unit.TestKit;

public sealed class ImpairedLinkTests
{
    private const int Count = 20_000;

    [Fact]
    public void Decide_NoFaults_DeliversAtOnce() => Assert.Equal([new Delivery(TimeSpan.FromSeconds(3), null)], new ImpairedLink(1).Decide(100, TimeSpan.FromSeconds(3)));

    [Fact]
    public void Decide_SameSeed_SameDeliveries()
    {
        var faults = new LinkFaults { Loss = 0.2, Jitter = TimeSpan.FromMilliseconds(5), Duplication = 0.1, Corruption = 0.1, Reordering = 0.1 };

        Assert.Equal(Run(7, faults), Run(7, faults));
        Assert.NotEqual(Run(7, faults), Run(8, faults));
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void Decide_Loss_IsItsShare(double loss) => Assert.InRange(1 - (Run(3, new LinkFaults { Loss = loss }).Count / (double)Count), loss - 0.01, loss + 0.01);

    [Fact]
    public void Decide_BurstLoss_ComesInBursts()
    {
        // In the long run bad for TurnsBad / (TurnsBad + TurnsGood) of the time, 1 / TurnsGood datagrams at once.
        var link = new ImpairedLink(5) { Faults = new LinkFaults { TurnsBad = 0.02, TurnsGood = 0.2 } };
        bool[] arrived = [.. Enumerable.Range(0, Count).Select(_ => link.Decide(100, TimeSpan.Zero).Count > 0)];
        int lost = arrived.Count(a => !a);
        int bursts = Enumerable.Range(1, Count - 1).Count(i => !arrived[i] && arrived[i - 1]);

        Assert.InRange(lost / (double)Count, 0.07, 0.11);
        Assert.InRange(lost / (double)bursts, 4.0, 6.0);
    }

    [Fact]
    public void Decide_Bandwidth_SpacesDatagramsAndDropsWhatDoesNotFit()
    {
        var link = new ImpairedLink(1) { Faults = new LinkFaults { BytesPerSecond = 1000, QueueBytes = 2000 } };

        TimeSpan[] at = [.. Enumerable.Range(0, 5).SelectMany(_ => link.Decide(500, TimeSpan.Zero)).Select(d => d.At)];

        Assert.Equal([0.5, 1.0, 1.5, 2.0], at.Select(t => t.TotalSeconds));
        Assert.Equal(2.5, link.Decide(500, TimeSpan.FromSeconds(1)).Single().At.TotalSeconds);
    }

    [Fact]
    public void Decide_CutOrTooLarge_DeliversNothing()
    {
        Assert.Empty(new ImpairedLink(1) { Faults = new LinkFaults { IsCut = true } }.Decide(1, TimeSpan.Zero));
        Assert.Empty(new ImpairedLink(1) { Faults = new LinkFaults { MtuBytes = 1280 } }.Decide(1281, TimeSpan.Zero));
        Assert.Single(new ImpairedLink(1) { Faults = new LinkFaults { MtuBytes = 1280 } }.Decide(1280, TimeSpan.Zero));
    }

    [Fact]
    public void Decide_Corruption_FlipsABitInside() =>
        Assert.All(Run(2, new LinkFaults { Corruption = 1 }), delivery => Assert.InRange(delivery.FlippedBit!.Value, 0, 799));

    private static List<Delivery> Run(int seed, LinkFaults faults)
    {
        var link = new ImpairedLink(seed) { Faults = faults };
        return [.. Enumerable.Range(0, Count).SelectMany(i => link.Decide(100, TimeSpan.FromMilliseconds(i)))];
    }
}

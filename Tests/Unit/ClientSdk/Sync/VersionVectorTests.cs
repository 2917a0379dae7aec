using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class VersionVectorTests
{
    private static readonly DeviceId Sender = DeviceId.Read(Filled(7));

    [Fact]
    public void Advance_NextWithItsLink_Moves()
    {
        var vector = new VersionVector();
        Assert.Equal(VectorOutcome.Advanced, vector.Advance(Sender, Seq(1), Seq(1), Link(0), Link(1)));
        Assert.Equal(VectorOutcome.Advanced, vector.Advance(Sender, Seq(2), Seq(2), Link(1), Link(2)));
        Assert.Equal(new VectorEntry(Seq(2), Link(2)), vector[Sender]);
    }

    [Fact]
    public void Advance_AboveAHole_IsAGapAndStays()
    {
        var vector = new VersionVector();
        Assert.Equal(VectorOutcome.Gap, vector.Advance(Sender, Seq(2), Seq(2), Link(1), Link(2)));
        Assert.Equal(VectorEntry.Zero, vector[Sender]);
    }

    [Fact]
    public void Advance_NextWithAnotherLink_IsAMismatchAndStays()
    {
        var vector = new VersionVector();
        vector.Advance(Sender, Seq(1), Seq(1), Link(0), Link(1));
        Assert.Equal(VectorOutcome.LinkMismatch, vector.Advance(Sender, Seq(2), Seq(2), Link(9), Link(2)));
        Assert.Equal(Seq(1), vector[Sender].Sequence);
    }

    [Fact]
    public void Advance_FirstWithALink_IsAMismatch() =>
        Assert.Equal(VectorOutcome.LinkMismatch, new VersionVector().Advance(Sender, Seq(1), Seq(1), Link(3), Link(1)));

    [Fact]
    public void Advance_SeenBefore_IsKnown()
    {
        var vector = new VersionVector();
        vector.Load(Sender, new VectorEntry(Seq(5), Link(5)));
        Assert.Equal(VectorOutcome.Known, vector.Advance(Sender, Seq(4), Seq(4), Link(3), Link(4)));
        Assert.Equal(VectorOutcome.Known, vector.Advance(Sender, Seq(1), Seq(5), Link(0), Link(5)));
    }

    [Fact]
    public void Advance_VoidRun_JumpsToItsEnd()
    {
        var vector = new VersionVector();
        vector.Load(Sender, new VectorEntry(Seq(5), Link(5)));
        Assert.Equal(VectorOutcome.Advanced, vector.Advance(Sender, Seq(6), Seq(40), Link(5), Link(40)));
        Assert.Equal(new VectorEntry(Seq(40), Link(40)), vector[Sender]);
    }

    private static Sequence Seq(ulong value) => new(value);

    private static SequenceLink Link(byte fill) => SequenceLink.Read(Filled(fill));

    private static byte[] Filled(byte fill)
    {
        byte[] bytes = new byte[32];
        Array.Fill(bytes, fill);
        return bytes;
    }
}

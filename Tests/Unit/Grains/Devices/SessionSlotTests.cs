using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Grains.Devices;

public sealed class SessionSlotTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SessionSlot _slot = new(Lease);

    [Fact]
    public void Attach_NewerSession_EndsTheOlderOnce()
    {
        Assert.Null(_slot.Attach(First(1), Start));

        Assert.Equal(Id(1), _slot.Attach(First(2), Start));
        Assert.Equal(Id(2), _slot.Holder);
        Assert.Null(_slot.Attach(Renewal(2), Start));
    }

    [Fact]
    public void Attach_RenewalOfASupersededSession_EndsThatOneAndNotTheNewer()
    {
        _slot.Attach(First(1), Start);
        _slot.Attach(First(2), Start);

        // It did not hear of its end; an hour of such renewals does not bring it back.
        for (int minute = 1; minute < 60; minute++)
        {
            Assert.Equal(Id(1), _slot.Attach(Renewal(1), Start.AddMinutes(minute)));
            Assert.Null(_slot.Attach(Renewal(2), Start.AddMinutes(minute)));
        }

        Assert.Equal(Id(2), _slot.Holder);
    }

    [Fact]
    public void Attach_RenewalAfterTheHoldersGatewayDied_TakesThePlace()
    {
        _slot.Attach(First(1), Start);
        _slot.Attach(First(2), Start);

        Assert.Equal(Id(2), _slot.Attach(Renewal(1), Start + Lease));
        Assert.Equal(Id(1), _slot.Holder);
    }

    [Fact]
    public void IsOnline_UntilDetachedOrTheLeaseIsOver()
    {
        Assert.False(_slot.IsOnline(Start));
        _slot.Attach(First(1), Start);
        Assert.True(_slot.IsOnline(Start + Lease - TimeSpan.FromTicks(1)));
        Assert.False(_slot.IsOnline(Start + Lease));

        _slot.Renew(Id(1), Start + Lease);
        _slot.Renew(Id(9), Start + Lease + Lease);
        Assert.True(_slot.IsOnline(Start + Lease + TimeSpan.FromMinutes(1)));
        Assert.False(_slot.Detach(Id(9)));
        Assert.True(_slot.Detach(Id(1)));
        Assert.False(_slot.IsOnline(Start + Lease));
    }

    [Fact]
    public void Missed_HeadsSinceTheWelcome_AreToldTogether()
    {
        Assert.Null(_slot.Missed(default));
        _slot.HeadMoved(new Cursor(7));
        _slot.HeadMoved(new Cursor(5));

        Assert.Equal((7UL, 3U), (_slot.Missed(new Cursor(4))!.HeadCursor.Value, _slot.Missed(new Cursor(4))!.Count));
        Assert.Null(_slot.Missed(new Cursor(7)));
    }

    private static SessionId Id(ulong number) => new() { High = number, Low = 0 };

    private static AttachCommand First(ulong number) => new() { Session = Id(number), KnownHead = default };

    private static AttachCommand Renewal(ulong number) => First(number) with { IsRenewal = true };
}

using System.Net;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Admission;

public sealed class SessionLimitsTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryEnter_PerAddress_CountsNewcomersAndSessions()
    {
        var limits = new SessionLimits(new GatewayOptions { SessionsPerAddressMax = 3, HandshakesPerAddressMax = 2 }, _time);
        SessionLease first = limits.TryEnter(One)!;
        SessionLease second = limits.TryEnter(One)!;
        Assert.Null(limits.TryEnter(One));
        Assert.NotNull(limits.TryEnter(Two));

        first.Opened();
        Assert.NotNull(limits.TryEnter(One));
        second.Opened();
        Assert.Null(limits.TryEnter(One));

        second.Dispose();
        second.Dispose();
        Assert.NotNull(limits.TryEnter(One));
    }

    [Fact]
    public void TryEnter_AllTogether_HaveABound()
    {
        var limits = new SessionLimits(new GatewayOptions { SessionsMax = 1 }, _time);
        SessionLease only = limits.TryEnter(One)!;
        Assert.Null(limits.TryEnter(Two));

        only.Dispose();

        Assert.NotNull(limits.TryEnter(Two));
        Assert.Equal(1, limits.Sessions);
    }

    [Fact]
    public void TryCreateGroup_LeavingDoesNotRefillIt()
    {
        var limits = new SessionLimits(new GatewayOptions { CreationsPerAddressPerHour = 2 }, _time);
        for (int i = 0; i < 2; i++)
        {
            using SessionLease lease = limits.TryEnter(One)!;
            Assert.True(lease.TryCreateGroup(out _));
        }

        using (SessionLease lease = limits.TryEnter(One)!)
            Assert.False(lease.TryCreateGroup(out _));

        _time.Advance(TimeSpan.FromMinutes(31));
        using (SessionLease lease = limits.TryEnter(One)!)
            Assert.True(lease.TryCreateGroup(out _));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("hobby")]
    [InlineData("bench")]
    public void OfPreset_Known_IsValid(string name) => GatewayOptions.OfPreset(name).Validate();

    [Fact]
    public void Validate_OutOfBounds_NamesTheOption()
    {
        Assert.Throws<ArgumentException>(() => GatewayOptions.OfPreset("none"));
        Assert.Equal("SessionsMax", Assert.Throws<ArgumentOutOfRangeException>(() => new GatewayOptions { SessionsMax = 0 }.Validate()).ParamName);
    }
}

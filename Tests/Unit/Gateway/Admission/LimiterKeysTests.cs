using System.Net;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Admission;

public sealed class LimiterKeysTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Addresses_ThatMadeAGroupAndLeft_AreForgottenOnceTheirBucketIsFull()
    {
        var limits = new SessionLimits(new GatewayOptions { CreationsPerAddressPerHour = 2 }, _time);
        for (int i = 0; i < 2000; i++)
        {
            using SessionLease lease = limits.TryEnter(new IPAddress(0x0a000000 + i))!;
            lease.TryCreateGroup(out _);
        }

        Assert.Equal(2000, limits.Addresses);
        _time.Advance(TimeSpan.FromHours(1));
        // The sweep is paid by newcomers.
        for (int i = 0; i < 100; i++)
        {
            using SessionLease lease = limits.TryEnter(new IPAddress(0x0b000000 + i))!;
            lease.TryCreateGroup(out _);
        }

        Assert.InRange(limits.Addresses, 100, 200);
    }

    [Fact]
    public void Addresses_OfAFlood_AreBounded_AndThoseInUseStay()
    {
        var limits = new SessionLimits(new GatewayOptions(), _time);
        using SessionLease held = limits.TryEnter(IPAddress.Parse("192.0.2.7"))!;
        for (int i = 0; i < 3 * LimiterKeys<int, object>.UnusedMax; i++)
        {
            using SessionLease lease = limits.TryEnter(new IPAddress(0x0a000000 + i))!;
            lease.TryCreateGroup(out _);
        }

        Assert.InRange(limits.Addresses, 2, (2 * LimiterKeys<int, object>.UnusedMax) + 2);
        held.Opened();
        Assert.Equal(1, limits.Sessions);
    }

    [Fact]
    public void Devices_AtRest_AreForgotten()
    {
        var limits = new DeviceLimits(new GatewayOptions { MessagesPerSecond = 1, MessagesBurst = 2 }, _time);
        DeviceLease first = limits.Enter(default);
        DeviceLease second = limits.Enter(default);
        first.Pushed();
        first.Dispose();
        first.Dispose();
        second.Dispose();
        Assert.Equal(1, limits.Devices);

        _time.Advance(TimeSpan.FromSeconds(1));
        limits.Enter(default).Dispose();

        Assert.Equal(0, limits.Devices);
    }

    [Fact]
    public void Devices_OneThatIsPaced_SaysWhichLimitAndHowLong()
    {
        var limits = new DeviceLimits(new GatewayOptions { MessagesPerSecond = 2, MessagesBurst = 1, MessagesPerSecondAll = 1, MessagesBurstAll = 2 }, _time);
        using DeviceLease one = limits.Enter(DeviceId.Read([.. Enumerable.Repeat((byte)1, 32)]));
        using DeviceLease two = limits.Enter(DeviceId.Read([.. Enumerable.Repeat((byte)2, 32)]));
        Assert.True(one.MayPush(out _, out _));
        one.Pushed();

        Assert.False(one.MayPush(out GatewayLimit limit, out TimeSpan wait));
        Assert.Equal((GatewayLimit.MessagesPerDevice, TimeSpan.FromSeconds(0.5)), (limit, wait));
        two.Pushed();
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.False(one.MayPush(out limit, out wait));
        Assert.Equal((GatewayLimit.MessagesPerGateway, TimeSpan.FromSeconds(0.5)), (limit, wait));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public void TryEnter_Addresses_CountTogetherWhereOneCustomerHasThem(string one, string other, bool isSame)
    {
        var limits = new SessionLimits(new GatewayOptions { SessionsPerAddressMax = 1 }, _time);
        using SessionLease? first = limits.TryEnter(IPAddress.Parse(one));

        using SessionLease? second = limits.TryEnter(IPAddress.Parse(other), out GatewayLimit reached);

        Assert.Equal(isSame, second is null);
        Assert.Equal(isSame ? GatewayLimit.SessionsPerAddress : default, reached);
    }
}

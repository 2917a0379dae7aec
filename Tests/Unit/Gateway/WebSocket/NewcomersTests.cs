using System.Net;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.Gateway.WebSocket;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.Gateway.WebSocket;

public sealed class NewcomersTests : IDisposable
{
    private static readonly IPEndPoint One = new(IPAddress.Parse("192.0.2.1"), 1000);
    private static readonly IPEndPoint Other = new(IPAddress.Parse("192.0.2.2"), 1000);
    private readonly FakeTimeProvider _time = new();
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public void TryEnter_BeyondTheLimitOfAnAddress_IsRefusedUntilOneLeaves()
    {
        Newcomers newcomers = Create(perAddress: 2, total: 10);
        using Newcomer? first = newcomers.TryEnter(One, Nothing, out _);
        using Newcomer? second = newcomers.TryEnter(One, Nothing, out _);

        Assert.Null(newcomers.TryEnter(One, Nothing, out ConnectionRefusal refusal));
        Assert.Equal(ConnectionRefusal.TooManyHalfOpenFromAddress, refusal);
        using Newcomer? other = newcomers.TryEnter(Other, Nothing, out _);
        Assert.NotNull(other);
        first!.Dispose();
        first.Dispose();
        using Newcomer? third = newcomers.TryEnter(One, Nothing, out _);
        Assert.NotNull(third);
        Assert.Null(newcomers.TryEnter(One, Nothing, out _));
    }

    [Fact]
    public void TryEnter_BeyondTheTotal_IsRefused()
    {
        Newcomers newcomers = Create(perAddress: 2, total: 1);
        using Newcomer? first = newcomers.TryEnter(One, Nothing, out _);

        Assert.Null(newcomers.TryEnter(Other, Nothing, out ConnectionRefusal refusal));
        Assert.Equal(ConnectionRefusal.TooManyHalfOpen, refusal);
        Assert.Equal(1, newcomers.HalfOpen);
    }

    [Fact]
    public void TryEnter_FasterThanTheRateOfAnAddress_IsRefusedUntilTimeHasPassed()
    {
        Newcomers newcomers = Create(perAddress: 100, total: 100, perSecond: 5);
        for (int i = 0; i < 10; i++)
            newcomers.TryEnter(One, Nothing, out _)!.Dispose();

        Assert.Null(newcomers.TryEnter(One, Nothing, out ConnectionRefusal refusal));
        Assert.Equal(ConnectionRefusal.TooManyHandshakesFromAddress, refusal);
        using Newcomer? other = newcomers.TryEnter(Other, Nothing, out _);
        Assert.NotNull(other);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        using Newcomer? later = newcomers.TryEnter(One, Nothing, out _);
        Assert.NotNull(later);
    }

    [Fact]
    public void TryEnter_MappedAddress_IsTheSameAddress()
    {
        Newcomers newcomers = Create(perAddress: 1, total: 10);
        using Newcomer? first = newcomers.TryEnter(new IPEndPoint(One.Address.MapToIPv6(), 5), Nothing, out _);

        Assert.Equal(new IPEndPoint(One.Address, 5), first!.Remote);
        Assert.Null(newcomers.TryEnter(One, Nothing, out _));
    }

    [Fact]
    public void TryEnter_NotAdmitted_TakesNoPlace()
    {
        bool isAdmitted = false;
        Newcomers newcomers = Create(perAddress: 1, total: 1, _ => isAdmitted);
        Assert.Null(newcomers.TryEnter(One, Nothing, out ConnectionRefusal refusal));
        Assert.Equal(ConnectionRefusal.NotAdmitted, refusal);
        isAdmitted = true;

        using Newcomer? newcomer = newcomers.TryEnter(One, Nothing, out _);
        Assert.NotNull(newcomer);
    }

    [Fact]
    public void Deadline_NotDoneInTime_CutsOnce()
    {
        int cuts = 0;
        Newcomers newcomers = Create(perAddress: 10, total: 10);
        using Newcomer? slow = newcomers.TryEnter(One, () => cuts++, out _);
        Newcomer done = newcomers.TryEnter(One, () => cuts++, out _)!;
        done.Dispose();

        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(1, cuts);
    }

    private static void Nothing()
    {
    }

    private Newcomers Create(int perAddress, int total, Func<IPEndPoint, bool>? admit = null, int perSecond = 200) => new(
        new TransportListenerOptions { Alpn = "x", Certificate = _certificate, MaxHalfOpenPerAddress = perAddress, MaxHalfOpen = total, HandshakesPerAddressPerSecond = perSecond, Admit = admit }, _time);
}

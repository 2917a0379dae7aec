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
        using Newcomer? first = newcomers.TryEnter(One, Nothing);
        using Newcomer? second = newcomers.TryEnter(One, Nothing);

        Assert.Null(newcomers.TryEnter(One, Nothing));
        using Newcomer? other = newcomers.TryEnter(Other, Nothing);
        Assert.NotNull(other);
        first!.Dispose();
        first.Dispose();
        using Newcomer? third = newcomers.TryEnter(One, Nothing);
        Assert.NotNull(third);
        Assert.Null(newcomers.TryEnter(One, Nothing));
    }

    [Fact]
    public void TryEnter_BeyondTheTotal_IsRefused()
    {
        Newcomers newcomers = Create(perAddress: 2, total: 1);
        using Newcomer? first = newcomers.TryEnter(One, Nothing);

        Assert.Null(newcomers.TryEnter(Other, Nothing));
    }

    [Fact]
    public void TryEnter_MappedAddress_IsTheSameAddress()
    {
        Newcomers newcomers = Create(perAddress: 1, total: 10);
        using Newcomer? first = newcomers.TryEnter(new IPEndPoint(One.Address.MapToIPv6(), 5), Nothing);

        Assert.Equal(new IPEndPoint(One.Address, 5), first!.Remote);
        Assert.Null(newcomers.TryEnter(One, Nothing));
    }

    [Fact]
    public void TryEnter_NotAdmitted_TakesNoPlace()
    {
        bool isAdmitted = false;
        Newcomers newcomers = Create(perAddress: 1, total: 1, _ => isAdmitted);
        Assert.Null(newcomers.TryEnter(One, Nothing));
        isAdmitted = true;

        using Newcomer? newcomer = newcomers.TryEnter(One, Nothing);
        Assert.NotNull(newcomer);
    }

    [Fact]
    public void Deadline_NotDoneInTime_CutsOnce()
    {
        int cuts = 0;
        Newcomers newcomers = Create(perAddress: 10, total: 10);
        using Newcomer? slow = newcomers.TryEnter(One, () => cuts++);
        Newcomer done = newcomers.TryEnter(One, () => cuts++)!;
        done.Dispose();

        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(1, cuts);
    }

    private static void Nothing()
    {
    }

    private Newcomers Create(int perAddress, int total, Func<IPEndPoint, bool>? admit = null) => new(
        new TransportListenerOptions { Alpn = "x", Certificate = _certificate, MaxHalfOpenPerAddress = perAddress, MaxHalfOpen = total, Admit = admit }, _time);
}

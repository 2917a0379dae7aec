using System.Net;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Admission;

namespace ZeroKSync.Tests.Unit.Transport.Admission;

public sealed class HandshakeAdmissionTests : IDisposable
{
    private const ulong Second = 1_000_000_000;
    private static readonly IPAddress A = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress B = IPAddress.Parse("192.0.2.2");
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public void Decide_UnprovedBelowTheLimits_Begins()
    {
        HandshakeAdmission admission = Admission();

        Assert.Equal(AdmissionAnswer.Begin, admission.Decide(A, isProved: false, 0, out _));
        Assert.Equal(1, admission.HalfOpen);
    }

    [Fact]
    public void Decide_ManyHalfOpen_AsksEverybodyForProofAndTakesWhoHasIt()
    {
        HandshakeAdmission admission = Admission(retryAt: 2);
        admission.Decide(A, isProved: false, 0, out _);
        admission.Decide(A, isProved: false, 0, out _);

        Assert.Equal(AdmissionAnswer.AskForProof, admission.Decide(B, isProved: false, 0, out _));
        Assert.Equal(AdmissionAnswer.Begin, admission.Decide(B, isProved: true, 0, out _));
    }

    [Fact]
    public void Decide_AddressOverItsHalfOpen_IsRefusedWithProofOnlyAndOthersGoOn()
    {
        HandshakeAdmission admission = Admission(perAddress: 2);
        admission.Decide(A, isProved: true, 0, out _);
        admission.Decide(A, isProved: true, 0, out _);

        Assert.Equal(AdmissionAnswer.AskForProof, admission.Decide(A, isProved: false, 0, out _));
        Assert.Equal(AdmissionAnswer.Refuse, admission.Decide(A, isProved: true, 0, out ConnectionRefusal refusal));
        Assert.Equal(ConnectionRefusal.TooManyHalfOpenFromAddress, refusal);
        Assert.Equal(AdmissionAnswer.Begin, admission.Decide(B, isProved: false, 0, out _));

        admission.Ended(A);
        Assert.Equal(AdmissionAnswer.Begin, admission.Decide(A, isProved: true, 0, out _));
    }

    [Fact]
    public void Decide_TotalReached_RefusesEvenTheProved()
    {
        HandshakeAdmission admission = Admission(halfOpen: 1);
        admission.Decide(A, isProved: false, 0, out _);

        Assert.Equal(AdmissionAnswer.Refuse, admission.Decide(B, isProved: true, 0, out ConnectionRefusal refusal));
        Assert.Equal(ConnectionRefusal.TooManyHalfOpen, refusal);
    }

    [Fact]
    public void Decide_RateOfAnAddress_IsItsBurstAndThenItsRate()
    {
        HandshakeAdmission admission = Admission(perSecond: 10);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(AdmissionAnswer.Begin, admission.Decide(A, isProved: true, Second, out _));
            admission.Ended(A);
        }

        Assert.Equal(AdmissionAnswer.Refuse, admission.Decide(A, isProved: true, Second, out ConnectionRefusal refusal));
        Assert.Equal(ConnectionRefusal.TooManyHandshakesFromAddress, refusal);
        Assert.Equal(AdmissionAnswer.Refuse, admission.Decide(A, isProved: true, Second + (Second / 20), out _));
        Assert.Equal(AdmissionAnswer.Begin, admission.Decide(A, isProved: true, Second + (Second / 10) + 1, out _));
    }

    [Fact]
    public void Decide_ClockStandsStillOrFalls_EarnsNothingAndThrowsNothing()
    {
        HandshakeAdmission admission = Admission(perSecond: 1);
        admission.Decide(A, isProved: true, 5 * Second, out _);
        admission.Decide(A, isProved: true, 4 * Second, out _);

        Assert.Equal(AdmissionAnswer.Refuse, admission.Decide(A, isProved: true, 4 * Second, out _));
    }

    [Fact]
    public void Decide_AddressesOfOneIpv6Network_CountAsOne()
    {
        HandshakeAdmission admission = Admission(perAddress: 1);
        admission.Decide(IPAddress.Parse("2001:db8::1"), isProved: true, 0, out _);

        Assert.Equal(AdmissionAnswer.Refuse, admission.Decide(IPAddress.Parse("2001:db8::2:3"), isProved: true, 0, out _));
        Assert.Equal(AdmissionAnswer.Begin, admission.Decide(IPAddress.Parse("2001:db8:0:1::1"), isProved: true, 0, out _));
    }

    [Fact]
    public void Decide_MoreAddressesThanAreKept_ForgetsTheIdle()
    {
        HandshakeAdmission admission = Admission();
        for (uint i = 0; i < HandshakeAdmission.AddressesMax + 10; i++)
        {
            var address = new IPAddress(i + 1);
            Assert.Equal(AdmissionAnswer.Begin, admission.Decide(address, isProved: false, 0, out _));
            admission.Ended(address);
        }

        Assert.True(admission.Addresses <= HandshakeAdmission.AddressesMax);
    }

    private HandshakeAdmission Admission(int halfOpen = 1000, int perAddress = 256, int perSecond = 200, int retryAt = 200) => new(new TransportListenerOptions
    {
        Alpn = "x",
        Certificate = _certificate,
        MaxHalfOpen = halfOpen,
        MaxHalfOpenPerAddress = perAddress,
        HandshakesPerAddressPerSecond = perSecond,
        RetryAtHalfOpen = retryAt,
    });
}

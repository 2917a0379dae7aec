using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic;

public sealed class CertificateTests : IDisposable
{
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public void IsAcceptable_NoPin_TakesAnyAndKeepsItsHash()
    {
        var check = new CertificateCheck(default);

        Assert.True(check.IsAcceptable(_certificate));
        Assert.Equal(SelfSignedCertificate.Hash(_certificate), check.Hash!);
        Assert.False(check.IsRefused);
    }

    [Fact]
    public void IsAcceptable_ItsPin_IsTaken() => Assert.True(new CertificateCheck(SelfSignedCertificate.Hash(_certificate)).IsAcceptable(_certificate));

    [Fact]
    public void IsAcceptable_AnotherPin_IsRefused()
    {
        byte[] pin = SelfSignedCertificate.Hash(_certificate);
        pin[31] ^= 1;
        var check = new CertificateCheck(pin);

        Assert.False(check.IsAcceptable(_certificate));
        Assert.True(check.IsRefused);
    }

    [Fact]
    public void IsAcceptable_None_IsNotTaken()
    {
        var check = new CertificateCheck(default);

        Assert.False(check.IsAcceptable(null));
        Assert.False(check.IsRefused);
    }

    [Fact]
    public void Named_KeyInMemory_IsTheSameCertificateWithAKeyThatSigns()
    {
        using X509Certificate2 loaded = SelfSignedCertificate.Load(SelfSignedCertificate.Export(_certificate));
        using X509Certificate2? named = ListenerCertificate.Named(loaded);

        Assert.Equal(SelfSignedCertificate.Hash(_certificate), SelfSignedCertificate.Hash(named!));
        using ECDsa key = named!.GetECDsaPrivateKey()!;
        using ECDsa known = _certificate.GetECDsaPublicKey()!;
        byte[] data = RandomNumberGenerator.GetBytes(32);
        Assert.True(known.VerifyData(data, key.SignData(data, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256));
    }

    [Fact]
    public void For_ThisMachine_ShowsTheGivenCertificate()
    {
        using ListenerCertificate certificate = ListenerCertificate.For(_certificate);

        Assert.Equal(_certificate.RawData, certificate.Value.RawData);
        Assert.True(certificate.Value.HasPrivateKey);
    }
}

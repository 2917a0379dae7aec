using System.Runtime.Versioning;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport;

/// <summary>The two real engines with one another: a client of the first named, a listener of the second.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
public sealed class Ngtcp2ToSystemNetQuicConformanceTests : TransportConformance
{
    public Ngtcp2ToSystemNetQuicConformanceTests()
    {
        Assert.SkipWhen(SystemNetQuicTransport.Missing is not null, SystemNetQuicTransport.Missing ?? string.Empty);
        Server = SystemNetQuicTransport.Create();
        Client = Ngtcp2Transport.Create();
    }

    protected override ITransport Server { get; }

    protected override ITransport Client { get; }

    protected override bool CarriesCloseReason => false;
}

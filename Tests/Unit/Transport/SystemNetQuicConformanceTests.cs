using System.Runtime.Versioning;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport;

[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
public sealed class SystemNetQuicConformanceTests : TransportConformance
{
    public SystemNetQuicConformanceTests()
    {
        Assert.SkipWhen(SystemNetQuicTransport.Missing is not null, SystemNetQuicTransport.Missing ?? string.Empty);
        Server = SystemNetQuicTransport.Create();
        Client = SystemNetQuicTransport.Create();
    }

    protected override ITransport Server { get; }

    protected override ITransport Client { get; }

    protected override bool CarriesCloseReason => false;
}

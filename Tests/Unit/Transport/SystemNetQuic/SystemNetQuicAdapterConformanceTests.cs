using System.Runtime.Versioning;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic;

/// <summary>The adapter over a simulated System.Net.Quic: everything but the native library, on every machine.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
public sealed class SystemNetQuicAdapterConformanceTests : TransportConformance
{
    private readonly SimulatedLibrary _library = new();

    public SystemNetQuicAdapterConformanceTests()
    {
        Server = new SystemNetQuicTransport(_library, TestClock.System);
        Client = new SystemNetQuicTransport(_library, TestClock.System);
    }

    protected override ITransport Server { get; }

    protected override ITransport Client { get; }

    protected override bool CarriesCloseReason => false;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        // Whatever a test did: no slot was put at risk, and no cut-off write was passed off as a whole one.
        Assert.Equal((0, 0), (_library.OpensBeyondTheLimit, _library.WritesEndedByDispose));
    }

    protected override void Advance(TimeSpan time) => _library.Time.Advance(time);
}

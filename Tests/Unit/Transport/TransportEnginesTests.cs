using ZeroKSync.Transport;
using ZeroKSync.Transport.InMemory;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Transport;

public sealed class TransportEnginesTests
{
    private static readonly ITransport Ngtcp2 = new InMemoryTransport(new InMemoryNetwork(), TestClock.System);
    private static readonly ITransport SystemNetQuic = new InMemoryTransport(new InMemoryNetwork(), TestClock.System);
    private static readonly Func<ITransport> NoNgtcp2 = () => throw new TransportException(TransportErrorKind.EngineUnavailable, "Install the one.");
    private static readonly Func<ITransport> NoSystemNetQuic = () => throw new TransportException(TransportErrorKind.EngineUnavailable, "Install the other.");

    [Fact]
    public void Choose_BothLoad_IsNgtcp2() => Assert.Same(Ngtcp2, Choose(TransportEngine.Auto));

    [Fact]
    public void Choose_NgtcpMissing_IsSystemNetQuic() => Assert.Same(SystemNetQuic, Choose(TransportEngine.Auto, ngtcp2: NoNgtcp2));

    [Fact]
    public void Choose_Windows_IsSystemNetQuicAndNoOtherIsAsked() =>
        Assert.Same(SystemNetQuic, Choose(TransportEngine.Auto, isWindows: true, () => throw new InvalidOperationException("asked")));

    [Fact]
    public void Choose_Forced_IsTheOneOrNone()
    {
        Assert.Same(SystemNetQuic, Choose(TransportEngine.SystemNetQuic));
        Assert.Same(Ngtcp2, Choose(TransportEngine.Ngtcp2));
        Assert.Equal("Install the one.", Assert.Throws<TransportException>(() => Choose(TransportEngine.Ngtcp2, ngtcp2: NoNgtcp2)).Message);
        Assert.Equal("Install the other.", Assert.Throws<TransportException>(() => Choose(TransportEngine.SystemNetQuic, systemNetQuic: NoSystemNetQuic)).Message);
    }

    [Fact]
    public void Choose_NoneLoads_SaysWhatEachWants()
    {
        var exception = Assert.Throws<TransportException>(() => Choose(TransportEngine.Auto, ngtcp2: NoNgtcp2, systemNetQuic: NoSystemNetQuic));

        Assert.Equal((TransportErrorKind.EngineUnavailable, "Install the one. Install the other."), (exception.Kind, exception.Message));
    }

    // A machine that has the library and fails otherwise is to be looked at, not worked around.
    [Fact]
    public void Choose_FailsForAnotherReason_IsNotHidden() =>
        Assert.Equal(
            TransportErrorKind.AddressUnavailable,
            Assert.Throws<TransportException>(() => Choose(TransportEngine.Auto, ngtcp2: () => throw new TransportException(TransportErrorKind.AddressUnavailable, "x"))).Kind);

    [Fact]
    public void Choose_NoEngine_IsTheCallersMistake() => Assert.Throws<ArgumentOutOfRangeException>(() => Choose((TransportEngine)9));

    [Fact]
    public async Task Create_ThisMachine_HasTheEngineItsTestsRunOn()
    {
        await using ITransport engine = TransportEngines.Create();

        Assert.StartsWith(OperatingSystem.IsWindows() ? "System.Net.Quic " : "ngtcp2 ", engine.Name, StringComparison.Ordinal);
    }

    private static ITransport Choose(TransportEngine engine, bool isWindows = false, Func<ITransport>? ngtcp2 = null, Func<ITransport>? systemNetQuic = null) =>
        TransportEngines.Choose(engine, isWindows, ngtcp2 ?? (() => Ngtcp2), systemNetQuic ?? (() => SystemNetQuic));
}

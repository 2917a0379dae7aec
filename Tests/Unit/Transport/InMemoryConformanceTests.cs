using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.InMemory;

namespace ZeroKSync.Tests.Unit.Transport;

public sealed class InMemoryConformanceTests : TransportConformance
{
    private readonly FakeTimeProvider _time = new();

    public InMemoryConformanceTests()
    {
        var network = new InMemoryNetwork();
        Server = new InMemoryTransport(network, _time);
        Client = new InMemoryTransport(network, _time);
    }

    protected override ITransport Server { get; }

    protected override ITransport Client { get; }

    protected override void Advance(TimeSpan time) => _time.Advance(time);
}

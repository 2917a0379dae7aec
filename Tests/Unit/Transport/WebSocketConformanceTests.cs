using System.Net;
using System.Net.Sockets;
using ZeroKSync.Gateway.WebSocket;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.Unit.Transport;

public sealed class WebSocketConformanceTests : TransportConformance
{
    private readonly FakeTimeProvider _time = new();

    public WebSocketConformanceTests()
    {
        Server = new KestrelTransport(_time);
        Client = new WebSocketTransport(_time);
    }

    protected override ITransport Server { get; }

    protected override ITransport Client { get; }

    protected override void Advance(TimeSpan time) => _time.Advance(time);
}

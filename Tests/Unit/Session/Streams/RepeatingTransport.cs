using ZeroKSync.TestKit.Network;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.Session.Streams;

/// <summary>A transport on which whatever the peer opens has one and the same number, but a client's first stream.</summary>
internal sealed class RepeatingTransport(ITransport engine, long number) : PassingTransport(engine)
{
    protected override TransportStream Accepted(TransportStream stream) => stream.Id == 0 ? stream : new Numbered(stream, number);

    private sealed class Numbered(TransportStream inner, long number) : PassingStream(inner)
    {
        public override long Id => number;
    }
}

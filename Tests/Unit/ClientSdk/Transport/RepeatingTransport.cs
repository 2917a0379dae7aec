using ZeroKSync.TestKit.Network;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.ClientSdk.Transport;

/// <summary>A transport on which whatever the peer opens has one and the same number.</summary>
internal sealed class RepeatingTransport(ITransport engine) : PassingTransport(engine)
{
    private const long OneNumber = 3;

    protected override TransportStream Accepted(TransportStream stream) => new Numbered(stream);

    private sealed class Numbered(TransportStream inner) : PassingStream(inner)
    {
        public override long Id => OneNumber;
    }
}

using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.WebSockets;

public sealed class MultiplexerFuzzTests
{
    [Fact]
    public void Multiplexer_AnyFrames_AreAViolationOrExactBytes() => Fuzzer.Run(new MultiplexerTarget());
}

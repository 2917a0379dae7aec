using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2.Connections;

namespace ZeroKSync.Tests.Unit.Transport.Ngtcp2;

public sealed class PeerCloseCodeTests
{
    [Theory]
    [InlineData(0x02, true, TransportErrorKind.ConnectionRefused)]
    [InlineData(0x0c, true, TransportErrorKind.ConnectionRefused)]
    [InlineData(0x0c, false, TransportErrorKind.ProtocolViolation)]
    [InlineData(0x10, false, TransportErrorKind.NoViablePath)]
    [InlineData(0x178, true, TransportErrorKind.AlpnMismatch)]
    [InlineData(0x12a, true, TransportErrorKind.HandshakeFailed)]
    [InlineData(0x08, true, TransportErrorKind.HandshakeFailed)]
    [InlineData(0x0a, false, TransportErrorKind.ProtocolViolation)]
    public void KindOf_EachCode_IsWhatACallerCanActOn(ulong code, bool isHandshake, TransportErrorKind kind) =>
        Assert.Equal(kind, PeerCloseCode.KindOf(code, isHandshake));
}

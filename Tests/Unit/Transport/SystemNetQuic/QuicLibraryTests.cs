using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic;

[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
public sealed class QuicLibraryTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void ThrowIfTaken_PortOfAnybody_Throws(string address)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6, which System.Net.Quic needs.");
        using var somebody = new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        somebody.Bind(new IPEndPoint(IPAddress.Parse(address), 0));

        var exception = Assert.Throws<SocketException>(() => QuicLibrary.ThrowIfTaken(((IPEndPoint)somebody.LocalEndPoint!).Port));
        Assert.Equal(SocketError.AddressAlreadyInUse, exception.SocketErrorCode);
    }

    [Fact]
    public void ThrowIfTaken_PortToBeChosen_DoesNot() => QuicLibrary.ThrowIfTaken(0);

    [Fact]
    public void Create_LibraryMissing_SaysWhatToInstall()
    {
        Assert.SkipUnless(SystemNetQuicTransport.Missing is not null, "System.Net.Quic runs here.");

        var exception = Assert.Throws<TransportException>(SystemNetQuicTransport.Create);

        Assert.Equal((TransportErrorKind.EngineUnavailable, SystemNetQuicTransport.Missing), (exception.Kind, exception.Message));
    }

    [Fact]
    public async Task Create_LibraryThere_NamesItself()
    {
        Assert.SkipWhen(SystemNetQuicTransport.Missing is not null, SystemNetQuicTransport.Missing ?? string.Empty);

        await using SystemNetQuicTransport transport = SystemNetQuicTransport.Create();

        Assert.StartsWith("System.Net.Quic ", transport.Name, StringComparison.Ordinal);
    }
}

using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using ZeroKSync.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Unit.Session.Streams;
using ZeroKSync.Transport;
using ZeroKSync.Transport.InMemory;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

public sealed class RepeatedStreamTests
{
    // The same keys again would be the same nonces again; and nobody but the peer is to be hurt by the number it chose.
    [Fact]
    public async Task Stream_NumberASecondTime_IsAborted_AndTheSessionLives()
    {
        var time = new FakeTimeProvider();
        using X509Certificate2 certificate = SelfSignedCertificate.Create(TestClock.System);
        using X25519KeyPair relayKey = X25519.GenerateKeyPair();
        var options = new GatewayOptions();
        var limits = new SessionLimits(options, time);
        var services = new GatewayServices(null!, relayKey, options, limits, time, NullLogger<GatewayServices>.Instance);
        await using var transport = new InMemoryTransport(new InMemoryNetwork(), time);
        await using TransportListener listener = await transport.ListenAsync(new TransportListenerOptions { Alpn = Limits.Alpn, Certificate = certificate }, Bounded.Token());
        Task<RawSession> connecting = RawSession.ConnectAsync(transport, listener.LocalEndPoint, services.RelayId);
        TransportConnection accepted = await listener.AcceptAsync(Bounded.Token()) ?? throw new InvalidOperationException("Nobody came.");
        using SessionLease lease = limits.TryEnter(IPAddress.Loopback)!;
        await using var runner = new SessionRunner(new RepeatingTransport(transport, number: 4).Wrap(accepted), lease, services);
        using var drain = new CancellationTokenSource();
        Task running = runner.RunAsync(drain.Token);
        await using RawSession session = await connecting.Within();
        RawStream first = await session.OpenAsync();
        Assert.Equal(ErrorCode.UnexpectedMessage, (await first.AskAsync<ListDevices, Error>(new ListDevices())).Reason);

        RawStream second = await session.OpenAsync();
        await second.SendAsync(new ListDevices());

        var exception = await Assert.ThrowsAsync<TransportException>(() => second.ReceiveAsync().Within());
        Assert.Equal((long)CloseCode.Unwanted, exception.ApplicationCode);
        Assert.Equal(ErrorCode.UnexpectedMessage, (await first.AskAsync<ListDevices, Error>(new ListDevices())).Reason);
        Assert.False(running.IsCompleted);
        await drain.CancelAsync();
        await session.DisposeAsync();
        await running.Within();
    }
}

using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using ZeroKSync.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Quic;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;
using ZeroKSync.Transport.InMemory;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions.Harness;

/// <summary>A whole gateway in this process on a clock that moves when told, before grains that do what a test says.</summary>
internal sealed class GatewayHarness : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);
    private readonly X25519KeyPair _relayKey = X25519.GenerateKeyPair();
    private readonly InMemoryTransport _transport;
    private readonly RelayListener _listener;
    private readonly List<IAsyncDisposable> _open = [];

    private GatewayHarness(GatewayOptions options, IGroupAdmission? admission)
    {
        _transport = new InMemoryTransport(new InMemoryNetwork(), Time);
        Services = new GatewayServices(
            ScriptedGrains.Create(GroupGrain, DeviceGrain), _relayKey, options, new SessionLimits(options, Time), Time, NullLogger<GatewayServices>.Instance, admission);
        Metrics = new MetricProbe(Services.Metrics);
        var ports = new RelayPorts(_transport, null, endPoint => new TransportListenerOptions { Alpn = Limits.Alpn, Certificate = _certificate, BindEndPoint = endPoint })
        {
            Listen = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0),
        };
        _listener = new RelayListener(ports, Services, NullLogger<RelayListener>.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public ScriptedGroup GroupGrain { get; } = new();

    public ScriptedDevice DeviceGrain { get; } = new();

    public GatewayServices Services { get; }

    public MetricProbe Metrics { get; }

    public RawGroup Group { get; } = new();

    public static async Task<GatewayHarness> StartAsync(GatewayOptions options, IGroupAdmission? admission = null)
    {
        var harness = new GatewayHarness(options, admission);
        await harness._listener.StartAsync(Bounded.Token());
        return harness;
    }

    public async Task<RawSession> ConnectAsync(X25519KeyPair? key = null)
    {
        RawSession session = await RawSession.ConnectAsync(_transport, _listener.LocalEndPoint!, Services.RelayId, key).Within();
        _open.Add(session);
        return session;
    }

    public async Task<RawSession> JoinAsync(X25519KeyPair? key = null)
    {
        RawSession session = await ConnectAsync(key);
        await session.Session.AskAsync<Hello, Welcome>(Group.Hello(session)).Within();
        return session;
    }

    /// <summary>Tells the gateway to stop, as its host does; completes when it has drained.</summary>
    public Task StopAsync() => _listener.StopAsync(Bounded.Token());

    /// <summary>Moves the clock in steps until the task is done.</summary>
    public async Task<T> UntilAsync<T>(Task<T> task, TimeSpan step)
    {
        CancellationToken token = Bounded.Token();
        while (!task.IsCompleted)
        {
            token.ThrowIfCancellationRequested();
            Time.Advance(step);
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(1), TestClock.System, token));
        }

        return await task;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable open in _open)
            await open.DisposeAsync();

        await _listener.DisposeAsync();
        await _transport.DisposeAsync();
        Metrics.Dispose();
        Group.Dispose();
        _relayKey.Dispose();
        _certificate.Dispose();
    }
}

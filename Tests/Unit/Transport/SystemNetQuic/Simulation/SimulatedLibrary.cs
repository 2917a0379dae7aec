using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Numerics;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic.Library;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic.Simulation;

/// <summary>
/// System.Net.Quic without a network, as its documentation and sources (10.0) say it behaves where that is not what one would hope: a close
/// drops what was received and not read, a slot returns with the accepting end's dispose only, a dispose ends an unfinished write as if it
/// were whole, capacity is told on the pool and in increments, memory being written is read until the write completes. It counts what must
/// not be done to it.
/// </summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class SimulatedLibrary : IQuicLibrary
{
    private const int FirstPort = 50_000;

    private readonly Dictionary<int, SimulatedListener> _listeners = [];
    private int _nextPort = FirstPort;

    /// <summary>Moves idle timers.</summary>
    public FakeTimeProvider Time { get; } = new();

    /// <summary>Guards everything simulated here.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Opens beyond the peer's limit: given up, each would have cost a slot.</summary>
    public int OpensBeyondTheLimit { get; set; }

    /// <summary>Writes that a dispose ended in the app's place.</summary>
    public int WritesEndedByDispose { get; set; }

    /// <summary>Runs inside an abort, before it does anything.</summary>
    public Action BeforeAbort { get; set; } = static () => { };

    /// <summary>Handshakes wait for it before they finish.</summary>
    public Task MayFinish { get; set; } = Task.CompletedTask;

    /// <summary>Closes wait for it before they reach the other end.</summary>
    public Task MayClose { get; set; } = Task.CompletedTask;

    public List<SimulatedConnection> Connections { get; } = [];

    public ValueTask<IQuicListener> ListenAsync(QuicListenerOptions options, Func<IQuicConnection, QuicServerConnectionOptions> admit, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            int port = options.ListenEndPoint.Port == 0 ? _nextPort++ : options.ListenEndPoint.Port;
            var listener = new SimulatedListener(this, new IPEndPoint(options.ListenEndPoint.Address, port), options, admit);
            return _listeners.TryAdd(port, listener)
                ? ValueTask.FromResult<IQuicListener>(listener)
                : ValueTask.FromException<IQuicListener>(SimulatedErrors.Of(QuicError.AlpnInUse));
        }
    }

    public async ValueTask<IQuicConnection> ConnectAsync(QuicClientConnectionOptions options, CancellationToken cancellationToken)
    {
        Validate(options);
        await Task.Yield();
        IPEndPoint address;
        SimulatedListener? listener;
        lock (Gate)
        {
            address = new IPEndPoint(IPAddress.Loopback, _nextPort++);
            listener = _listeners.GetValueOrDefault(((IPEndPoint)options.RemoteEndPoint).Port);
        }

        SslClientAuthenticationOptions authentication = options.ClientAuthenticationOptions;
        if (listener is null)
            throw SimulatedErrors.Unreachable();
        if (!authentication.ApplicationProtocols!.Intersect(listener.Options.ApplicationProtocols).Any())
            throw SimulatedErrors.Alpn();

        (SimulatedConnection server, QuicServerConnectionOptions serverOptions) = await listener.BeginAsync(address);
        await MayFinish.WaitAsync(cancellationToken);
        Validate(serverOptions);
        X509Certificate2 certificate = serverOptions.ServerAuthenticationOptions.ServerCertificateContext!.TargetCertificate;
        if (!authentication.RemoteCertificateValidationCallback!(this, certificate, null, SslPolicyErrors.RemoteCertificateChainErrors))
        {
            listener.Failed(SimulatedErrors.UserCanceled());
            throw SimulatedErrors.CertificateCallback();
        }

        var client = new SimulatedConnection(this, (IPEndPoint)options.RemoteEndPoint, isServer: false);
        lock (Gate)
        {
            Connections.Add(client);
            Connections.Add(server);
            SimulatedConnection.Join(client, options, server, serverOptions);
        }

        listener.Finished(server);
        return client;
    }

    public void Forget(SimulatedListener listener)
    {
        lock (Gate)
            _listeners.Remove(listener.LocalEndPoint.Port);
    }

    // What the library checks itself, and throws for.
    private static void Validate(QuicConnectionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxInboundBidirectionalStreams, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxInboundUnidirectionalStreams, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegative(options.DefaultCloseErrorCode);
        ArgumentOutOfRangeException.ThrowIfNegative(options.DefaultStreamErrorCode);
        QuicReceiveWindowSizes windows = options.InitialReceiveWindowSizes;
        foreach (int window in (int[])[windows.Connection, windows.LocallyInitiatedBidirectionalStream, windows.RemotelyInitiatedBidirectionalStream, windows.UnidirectionalStream])
        {
            if (!BitOperations.IsPow2(window))
                throw new ArgumentOutOfRangeException(nameof(options), window, "A window is a power of two.");
        }
    }
}

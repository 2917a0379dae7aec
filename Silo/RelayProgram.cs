using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ZeroKSync.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Http;
using ZeroKSync.Gateway.Http.Status;
using ZeroKSync.Gateway.Quic;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Gateway.Telemetry;
using ZeroKSync.Gateway.WebSocket;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Silo.Commands;
using ZeroKSync.Silo.Configuration;
using ZeroKSync.Storage;
using ZeroKSync.Transport;

namespace ZeroKSync.Silo;

/// <summary>Puts a single-process relay together: grains, storage and gateway. It holds no rule of its own.</summary>
internal static partial class RelayProgram
{
    // Connections of the HTTP ports together: a scraper, a probe and some people.
    private const int HttpConnectionsMax = 256;

    /// <summary>Serves until SIGTERM or SIGINT, and drains.</summary>
    /// <exception cref="RelayStartException">It cannot start; the message is a sentence.</exception>
    /// <exception cref="StorageException">The database cannot be used.</exception>
    /// <exception cref="TransportException">An address cannot be bound, or the engine does not load.</exception>
    public static async Task<int> RunAsync(RelayConfiguration configuration, TextWriter output, CancellationToken cancellationToken)
    {
#pragma warning disable RS0030 // The composition root is where the system's clock comes from.
        TimeProvider time = TimeProvider.System;
#pragma warning restore RS0030
        RelaySettings settings = RelaySettings.Read(configuration);
        RelayDirectory.Prepare(settings.DataDirectory);
        await using RelayStore store = await StoreChoice.OpenAsync(configuration.Storage, settings.DataDirectory, time, cancellationToken);
        using X25519KeyPair key = RelayDirectory.LoadKey(settings.DataDirectory);
        using var certificate = RelayDirectory.LoadCertificate(settings.DataDirectory, time);
        if (configuration.Engine.QlogDirectory is { } qlog)
            RelayDirectory.PrepareQlog(qlog);

        await using ITransport quic = TransportEngines.Create(settings.Engine, RelaySettings.Ngtcp2(configuration.Engine));
        await using ITransport? webSocket = settings.IsWebSocketOff ? null : new KestrelTransport(time);

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "zks-relay" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, settings));
        builder.Services.AddRoutingCore();
        ServiceManager.AddTo(builder.Services);
        builder.Logging.AddRelayLogging(configuration.Telemetry);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<RelayClock>();
        builder.Services.AddSingleton(Options.Create(configuration.Group));
        builder.Services.AddSingleton(Options.Create(configuration.Device));
        builder.Services.AddOptions();
        builder.Services.AddSingleton(store.Log);
        builder.Services.AddSingleton(store.States);
        builder.Services.AddHostedService<ExpiryService>();
        GrainRuntimeComposition.Add(builder);

        builder.Services.AddRelayMetrics(configuration.Telemetry);
        builder.Services.AddSingleton(key);
        builder.Services.AddSingleton(configuration.Gateway);
        builder.Services.AddSingleton(services => GroupAdmissions.Create(configuration.Admission, time, services.GetRequiredService<ILogger<WebhookAdmission>>()));
        builder.Services.AddSingleton<SessionLimits>();
        builder.Services.AddSingleton<GatewayServices>();
        builder.Services.AddSingleton(services => new ConnectionRefusals(
            services.GetRequiredService<GatewayServices>().Metrics, time, services.GetRequiredService<ILogger<ConnectionRefusals>>()));
        builder.Services.AddSingleton(services => new RelayPorts(quic, webSocket, endPoint => ListenerOptions(endPoint, settings, configuration, certificate, services.GetRequiredService<ConnectionRefusals>()))
        {
            Listen = settings.Listen,
            WebSocketListen = settings.WebSocket,
        });
        builder.Services.AddSingleton<RelayListener>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RelayListener>());
        builder.Services.AddSingleton(services => new Readiness(
            services.GetRequiredService<RelayListener>(),
            services.GetRequiredService<GatewayServices>(),
            token => IsStorageReadyAsync(services.GetRequiredService<IBlobLog>(), token)));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<StatusPage>(services, configuration.Relay.Preset));
        builder.Services.AddSingleton(new StoreGauges(settings.DataDirectory, hasDatabase: !configuration.Storage.IsPostgreSql));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = configuration.Gateway.DrainTimeout + TimeSpan.FromSeconds(5));

        await using WebApplication app = builder.Build();
        EngineChosen(app.Logger, quic.Name);
        if (!SecretMemory.IsLockable())
            SecretsNotLocked(app.Logger);

        LimitsInForce.Log(app.Logger, configuration);
        app.UsePublicPort();
        app.UseRouting();
        app.MapRelay(
            app.Services.GetRequiredService<GatewayServices>(),
            app.Services.GetRequiredService<RelayListener>(),
            app.Services.GetRequiredService<Readiness>(),
            app.Services.GetRequiredService<StatusPage>(),
            settings.PublicAddress);
        app.Services.GetRequiredService<StoreGauges>();
        // Taken now: a second signal may come when the services are gone.
        IHostApplicationLifetime lifetime = app.Lifetime;
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(lifetime, signal));
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(lifetime, signal));
        await StartAsync(app, settings, cancellationToken);
        await AnnounceAsync(app, settings, configuration.Relay.Preset, output);
        await app.WaitForShutdownAsync(cancellationToken);
        return ExitCode.Done;
    }

    private static void Listen(KestrelServerOptions kestrel, RelaySettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxConcurrentConnections = HttpConnectionsMax;
        kestrel.Listen(settings.Http);
        if (settings.PublicHttp is { } everyone)
            kestrel.Listen(everyone, listen => listen.IsPublic());
    }

    private static async Task StartAsync(WebApplication app, RelaySettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            string other = settings.PublicHttp is null ? string.Empty : $", or {settings.PublicHttp.Port},";
            throw new RelayStartException($"TCP port {settings.Http.Port}{other} is already in use. Stop the other program or choose another --http or --public-http.", exception);
        }
    }

    private static void Stop(IHostApplicationLifetime lifetime, PosixSignalContext signal)
    {
        signal.Cancel = true;
        lifetime.StopApplication();
    }

    private static TransportListenerOptions ListenerOptions(IPEndPoint endPoint, RelaySettings settings, RelayConfiguration limits, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate, ConnectionRefusals refusals) => new()
    {
        Alpn = Limits.Alpn,
        BindEndPoint = endPoint,
        Certificate = certificate,
        IdleTimeout = limits.Gateway.IdleTimeout,
        HandshakeTimeout = limits.Gateway.OpenDeadline,
        MaxConnections = limits.Gateway.SessionsMax,
        MaxHalfOpenPerAddress = Math.Max(256, Math.Min(limits.Gateway.HandshakesPerAddressMax, 10_000)),
        // The rate that fits the cap: 200 a second with the default one.
        HandshakesPerAddressPerSecond = Math.Clamp(limits.Gateway.HandshakesPerAddressMax * 20, 200, 1_000_000),
        MaxHalfOpen = limits.Engine.HalfOpenMax,
        RetryAtHalfOpen = limits.Engine.RetryAtHalfOpen,
        AcceptBacklog = limits.Engine.AcceptBacklog,
        Refused = refusals.Add,
        MaxInboundUnidirectionalStreams = 4,
        StreamSendBufferBytes = 2 << 20,
        StatelessResetKey = RelayDirectory.LoadResetKey(settings.DataDirectory),
    };

    // What scripts wait for: one line, once everything serves.
    private static async Task AnnounceAsync(WebApplication app, RelaySettings settings, string preset, TextWriter output)
    {
        var listener = app.Services.GetRequiredService<RelayListener>();
        // In the order they were asked for.
        string[] http = [.. (app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(address => new Uri(address).Authority)];
        string httpEndPoint = http.FirstOrDefault() ?? settings.Http.ToString();
        string everyone = http.Length > 1 ? $" public-http={http[1]}" : string.Empty;
        await output.WriteLineAsync($"ready quic={listener.LocalEndPoint} http={httpEndPoint} relay-id={app.Services.GetRequiredService<GatewayServices>().RelayId.ToHex()} preset={preset} websocket={listener.WebSocketEndPoint?.ToString() ?? "off"}{everyone}");
        await output.FlushAsync();
    }

    private static async Task<bool> IsStorageReadyAsync(IBlobLog log, CancellationToken cancellationToken)
    {
        try
        {
            await log.GetStatisticsAsync(cancellationToken);
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }

    [LoggerMessage(EventId = 302, Level = LogLevel.Information, Message = "QUIC engine: {Engine}")]
    private static partial void EngineChosen(ILogger logger, string engine);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning, Message = "Memory with secrets is not locked and may be written to swap: raise the limit on locked memory (ulimit -l, LimitMEMLOCK=)")]
    private static partial void SecretsNotLocked(ILogger logger);
}

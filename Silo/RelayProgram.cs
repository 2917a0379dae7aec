using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ZeroKSync.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Http;
using ZeroKSync.Gateway.Quic;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Gateway.WebSocket;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Silo;

/// <summary>Puts a single-process relay together: grains, storage and gateway. It holds no rule of its own.</summary>
internal static partial class RelayProgram
{
    private const int Started = 0;
    private const int NotStarted = 1;

    public static async Task<int> RunAsync(RelaySettings settings, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            await RunOrThrowAsync(settings, output, cancellationToken);
            return Started;
        }
        catch (RelayStartException exception)
        {
            await error.WriteLineAsync($"zks-relay: {exception.Message}");
        }
        catch (StorageException exception)
        {
            await error.WriteLineAsync($"zks-relay: {exception.Message}");
        }
        catch (TransportException exception)
        {
            await error.WriteLineAsync($"zks-relay: {exception.Message}");
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await error.WriteLineAsync($"zks-relay: TCP port {settings.Http.Port} is already in use. Stop the other program or choose another --http.");
        }

        return NotStarted;
    }

    private static async Task RunOrThrowAsync(RelaySettings settings, TextWriter output, CancellationToken cancellationToken)
    {
#pragma warning disable RS0030 // The composition root is where the system's clock comes from.
        TimeProvider time = TimeProvider.System;
#pragma warning restore RS0030
        RelayLimits limits = RelayLimits.Load(settings.Preset, settings.ConfigurationFile);
        RelayDirectory.Prepare(settings.DataDirectory);
        await using RelayStore store = await StoreChoice.OpenAsync(settings.DataDirectory, time, cancellationToken);
        using X25519KeyPair key = RelayDirectory.LoadKey(settings.DataDirectory);
        using var certificate = RelayDirectory.LoadCertificate(settings.DataDirectory, time);
        await using ITransport quic = TransportEngines.Create(settings.Engine, EngineOptions(settings));
        await using ITransport? webSocket = settings.IsWebSocketOff ? null : new KestrelTransport(time);

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "zks-relay" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(settings.Http));
        builder.Services.AddRoutingCore();
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        // What lies underneath puts addresses, grain keys and stacks into its messages; what an operator needs, this project says itself.
        builder.Logging.SetMinimumLevel(LogLevel.None).AddFilter("ZeroKSync", LogLevel.Information).AddFilter("zks-relay", LogLevel.Information);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<RelayClock>();
        builder.Services.AddSingleton(Options.Create(limits.Group));
        builder.Services.AddOptions();
        builder.Services.AddSingleton(store.Log);
        builder.Services.AddSingleton(store.States);
        builder.Services.AddHostedService<ExpiryService>();
        GrainRuntimeComposition.Add(builder);

        builder.Services.AddSingleton(key);
        builder.Services.AddSingleton(limits.Gateway);
        builder.Services.AddSingleton<SessionLimits>();
        builder.Services.AddSingleton<GatewayServices>();
        builder.Services.AddSingleton<MetricsText>();
        builder.Services.AddSingleton(services => new ConnectionRefusals(
            services.GetRequiredService<GatewayServices>().Metrics, time, services.GetRequiredService<ILogger<ConnectionRefusals>>()));
        builder.Services.AddSingleton(services => new RelayPorts(quic, webSocket, endPoint => ListenerOptions(endPoint, settings, limits, certificate, services.GetRequiredService<ConnectionRefusals>()))
        {
            Listen = settings.Listen,
            WebSocketListen = settings.WebSocket,
        });
        builder.Services.AddSingleton<RelayListener>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RelayListener>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = limits.Gateway.DrainTimeout + TimeSpan.FromSeconds(5));

        await using WebApplication app = builder.Build();
        EngineChosen(app.Logger, quic.Name);
        if (!SecretMemory.IsLockable())
            SecretsNotLocked(app.Logger);

        app.UseRouting();
        app.MapRelay(
            app.Services.GetRequiredService<GatewayServices>(),
            app.Services.GetRequiredService<RelayListener>(),
            app.Services.GetRequiredService<MetricsText>(),
            async token => await IsStorageReadyAsync(app.Services.GetRequiredService<IBlobLog>(), token));
        // Taken now: a second signal may come when the services are gone.
        IHostApplicationLifetime lifetime = app.Lifetime;
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(lifetime, signal));
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(lifetime, signal));
        await app.StartAsync(cancellationToken);
        await AnnounceAsync(app, settings, output);
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static void Stop(IHostApplicationLifetime lifetime, PosixSignalContext signal)
    {
        signal.Cancel = true;
        lifetime.StopApplication();
    }

    private static Ngtcp2Options EngineOptions(RelaySettings settings)
    {
        if (settings.QlogDirectory is { } directory)
            RelayDirectory.PrepareQlog(directory);

        return new Ngtcp2Options
        {
            ListenerLoops = settings.Loops == 0 ? Math.Min(Environment.ProcessorCount, Ngtcp2Options.MaxLoops) : settings.Loops,
            Datagrams = settings.Datagrams,
            QlogDirectory = settings.QlogDirectory,
        };
    }

    private static TransportListenerOptions ListenerOptions(IPEndPoint endPoint, RelaySettings settings, RelayLimits limits, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate, ConnectionRefusals refusals) => new()
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
        Refused = refusals.Add,
        MaxInboundUnidirectionalStreams = 4,
        StreamSendBufferBytes = 2 << 20,
        StatelessResetKey = RelayDirectory.LoadResetKey(settings.DataDirectory),
    };

    // What scripts wait for: one line, once everything serves.
    private static async Task AnnounceAsync(WebApplication app, RelaySettings settings, TextWriter output)
    {
        var listener = app.Services.GetRequiredService<RelayListener>();
        string? http = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        string httpEndPoint = http is not null && Uri.TryCreate(http, UriKind.Absolute, out Uri? uri) ? uri.Authority : settings.Http.ToString();
        await output.WriteLineAsync($"ready quic={listener.LocalEndPoint} http={httpEndPoint} relay-id={app.Services.GetRequiredService<GatewayServices>().RelayId.ToHex()} preset={settings.Preset} websocket={listener.WebSocketEndPoint?.ToString() ?? "off"}");
        await output.FlushAsync();
    }

    private static async Task<bool> IsStorageReadyAsync(IBlobLog log, CancellationToken cancellationToken)
    {
        try
        {
            await log.GetStatisticsAsync(default, cancellationToken);
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

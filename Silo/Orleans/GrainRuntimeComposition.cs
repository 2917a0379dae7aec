using System.Net.Sockets;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Silo;

/// <summary>The grains on Orleans, one silo in this process: the gateway calls it as any client would, without a network between.</summary>
internal static class GrainRuntimeComposition
{
    private const string StorageName = "grains";
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    public static void Add(WebApplicationBuilder builder) => builder.UseOrleans(silo =>
    {
        // Several relays on one machine must not meet: each has ports of its own, and a cluster of its own.
        (int siloPort, int gatewayPort) = FreePorts();
        silo.UseLocalhostClustering(siloPort, gatewayPort, serviceId: "zks-relay", clusterId: $"zks-relay-{siloPort}");
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = CallTimeout);
        silo.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = CallTimeout);
        silo.Services.AddKeyedSingleton<IGrainStorage>(StorageName, (services, _) => new OrleansGrainStorage(services.GetRequiredService<IGrainStateStore>()));
    });

    private static (int Silo, int Gateway) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}

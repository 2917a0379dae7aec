using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;
using ZeroKSync.Tests.EmbeddedRuntime.Behaviour;

namespace ZeroKSync.Tests.EmbeddedRuntime;

/// <summary>The suite's grains on Orleans: one silo and a client in this process.</summary>
public sealed class GrainHost : IAsyncLifetime
{
    private readonly InProcessTestCluster _cluster = Build();

    public IGrainFactory Grains => _cluster.Client;

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    private static InProcessTestCluster Build()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorageAsDefault();
            silo.Services.Configure<SiloMessagingOptions>(options =>
            {
                options.MaxEnqueuedRequestsHardLimit = GrainHostSettings.MailboxMax;
                options.ResponseTimeout = GrainHostSettings.CallTimeout;
            });
        });
        builder.ConfigureClient(client => client.Services.Configure<ClientMessagingOptions>(
            options => options.ResponseTimeout = GrainHostSettings.CallTimeout));
        return builder.Build();
    }
}

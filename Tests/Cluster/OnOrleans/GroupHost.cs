using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Tests.Cluster;

/// <summary>
/// The relay's grains in a cluster of their own, over a log that others may write to as well: two hosts on one log are two silos that do not
/// know of each other. The grains' clock is the test's.
/// </summary>
internal sealed class GroupHost(IBlobLog log, TimeProvider clock, IOptions<GroupOptions> options) : IAsyncDisposable
{
    private InProcessTestCluster? _cluster;

    public IGrainFactory Grains => _cluster!.Client;

    public async Task StartAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorage("grains");
            silo.Services.AddSingleton(new RelayClock(clock)).AddSingleton(options).AddSingleton(log);
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    /// <summary>Everything the grains had in memory is gone, as after a kill: they write nothing when they end.</summary>
    public Task CrashAsync() => Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is { } cluster)
            await cluster.DisposeAsync();
    }
}

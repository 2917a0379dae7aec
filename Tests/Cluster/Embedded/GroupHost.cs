using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ZeroKSync.EmbeddedRuntime;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EmbeddedRuntime.Embedded;

namespace ZeroKSync.Tests.Cluster;

/// <summary>
/// The relay's grains in a runtime of their own, over a log that others may write to as well: two hosts on one log are two silos that do not
/// know of each other. The grains' clock is the test's, the runtime's own is the machine's.
/// </summary>
internal sealed class GroupHost(IBlobLog log, TimeProvider clock, IOptions<GroupOptions> options) : IAsyncDisposable
{
    private ServiceProvider? _services;

    public IGrainFactory Grains => _services!.GetRequiredService<IGrainFactory>();

    public Task StartAsync()
    {
        _services = new ServiceCollection()
            .AddLogging()
            .AddOptions()
            .AddSingleton(TestClock.System)
            .AddSingleton(new RelayClock(clock))
            .AddSingleton(options)
            .AddSingleton(log)
            .AddSingleton<IEmbeddedGrainStorage, MemoryGrainStorage>()
            .AddEmbeddedGrains(_ => { }, typeof(GroupGrain).Assembly)
            .BuildServiceProvider();
        return Task.CompletedTask;
    }

    /// <summary>Everything the grains had in memory is gone, as after a kill.</summary>
    public async Task CrashAsync()
    {
        await DisposeAsync();
        await StartAsync();
    }

    public ValueTask DisposeAsync() => _services!.DisposeAsync();
}

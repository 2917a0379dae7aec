using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ZeroKSync.EmbeddedRuntime;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EmbeddedRuntime.Embedded;

namespace ZeroKSync.Tests.Cluster.Embedded;

/// <summary>
/// The relay's grains in a runtime of their own, over a log that others may write to as well: two hosts on one log are two silos that do not
/// know of each other. The grains' clock is the test's, the runtime's own is the machine's unless a test says otherwise.
/// </summary>
internal sealed class GroupHost : IAsyncDisposable
{
    private readonly IBlobLog _log;
    private readonly TimeProvider _clock;
    private readonly GroupOptions _options;
    private readonly TimeProvider _runtimeClock;
    private ServiceProvider _services;

    public GroupHost(IBlobLog log, TimeProvider clock, GroupOptions options, TimeProvider? runtimeClock = null)
    {
        _log = log;
        _clock = clock;
        _options = options;
        _runtimeClock = runtimeClock ?? TestClock.System;
        _services = Start();
    }

    public IGrainFactory Grains => _services.GetRequiredService<IGrainFactory>();

    public IGroupGrain Group(GroupId group) => Grains.GetGrain<IGroupGrain>(GrainKeys.Group(group));

    public IDeviceGrain Device(GroupId group, DeviceId device) => Grains.GetGrain<IDeviceGrain>(GrainKeys.Device(group, device));

    /// <summary>Everything in memory is gone, as after a kill.</summary>
    public async Task CrashAsync()
    {
        await _services.DisposeAsync();
        _services = Start();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private ServiceProvider Start() => new ServiceCollection()
        .AddLogging()
        .AddSingleton(_runtimeClock)
        .AddSingleton(new RelayClock(_clock))
        .AddSingleton(Options.Create(_options))
        .AddSingleton(Options.Create(new DeviceOptions()))
        .AddSingleton(_log)
        .AddSingleton<IEmbeddedGrainStorage, MemoryGrainStorage>()
        .AddEmbeddedGrains(_ => { }, typeof(GroupGrain).Assembly)
        .BuildServiceProvider();
}

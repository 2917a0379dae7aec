using Microsoft.Extensions.DependencyInjection;
using ZeroKSync.EmbeddedRuntime;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EmbeddedRuntime.Behaviour;
using ZeroKSync.Tests.EmbeddedRuntime.Embedded;

namespace ZeroKSync.Tests.EmbeddedRuntime;

/// <summary>The suite's grains on the embedded runtime, on the machine's clock.</summary>
public sealed class GrainHost : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton(TestClock.System)
        .AddSingleton<IEmbeddedGrainStorage, MemoryGrainStorage>()
        .AddEmbeddedGrains(
            options =>
            {
                options.MailboxMax = GrainHostSettings.MailboxMax;
                options.CallTimeout = GrainHostSettings.CallTimeout;
                options.SweepInterval = TimeSpan.FromMilliseconds(100);
            },
            typeof(GrainHost).Assembly)
        .BuildServiceProvider();

    public IGrainFactory Grains => _services.GetRequiredService<IGrainFactory>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

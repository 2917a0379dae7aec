using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZeroKSync.EmbeddedRuntime;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EmbeddedRuntime.Embedded;

/// <summary>A runtime of its own on a clock that moves when told, with its log kept.</summary>
internal sealed class EmbeddedHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public EmbeddedHost(Action<EmbeddedGrainOptions>? configure = null) =>
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace))
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IEmbeddedGrainStorage, MemoryGrainStorage>()
            .AddEmbeddedGrains(configure ?? (_ => { }), typeof(EmbeddedHost).Assembly)
            .BuildServiceProvider();

    public FakeTimeProvider Clock { get; } = new();

    public LogLines Log { get; } = new();

    public IGrainFactory Grains => _services.GetRequiredService<IGrainFactory>();

    /// <summary>A call's answer comes before its turn ends; what counts from the end of the turn waits for this.</summary>
    public Task WhenQuietAsync() => _services.GetRequiredService<EmbeddedGrainRuntime>().WhenQuietAsync(Bounded.Token());

    public Task StopAsync() => _services.GetServices<IHostedService>().Single().StopAsync(Bounded.Token());

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

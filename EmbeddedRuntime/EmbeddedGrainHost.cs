using Microsoft.Extensions.Hosting;

namespace ZeroKSync.EmbeddedRuntime;

/// <summary>Ties the runtime to the host's life: it drains at stop, after everything registered later has stopped.</summary>
internal sealed class EmbeddedGrainHost(EmbeddedGrainRuntime runtime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => runtime.DrainAsync(cancellationToken);
}

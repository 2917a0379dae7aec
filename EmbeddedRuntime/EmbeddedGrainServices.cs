using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using ZeroKSync.EmbeddedRuntime.Calls;

namespace ZeroKSync.EmbeddedRuntime;

/// <summary>How a host gets the runtime.</summary>
public static class EmbeddedGrainServices
{
    /// <summary>
    /// Runs the given grain classes in this process. Needs a <see cref="TimeProvider"/> and logging among the services, and an
    /// <see cref="IEmbeddedGrainStorage"/> if a grain stores state. Register it before what calls grains, so that it stops after that.
    /// </summary>
    /// <exception cref="ArgumentException">No classes, or one that is not a grain (thrown when the runtime is first used).</exception>
    public static IServiceCollection AddEmbeddedGrains(
        this IServiceCollection services,
        Action<EmbeddedGrainOptions> configure,
        params Type[] grainClasses)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (grainClasses.Length == 0)
            throw new ArgumentException("There is no grain class.", nameof(grainClasses));

        services.AddSingleton(provider =>
        {
            var options = new EmbeddedGrainOptions();
            configure(options);
            return new EmbeddedGrainRuntime(
                new GrainCatalog(grainClasses),
                options,
                provider,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<EmbeddedGrainRuntime>>());
        });
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedGrainRuntime>().Factory);
        services.AddSingleton<IHostedService, EmbeddedGrainHost>();
        return services;
    }

    /// <summary>The same with every grain class of the assemblies.</summary>
    public static IServiceCollection AddEmbeddedGrains(
        this IServiceCollection services,
        Action<EmbeddedGrainOptions> configure,
        params Assembly[] assemblies) =>
        services.AddEmbeddedGrains(
            configure,
            [.. assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(Grain)))]);
}

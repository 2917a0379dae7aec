using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ZeroKSync.EmbeddedRuntime;
using ZeroKSync.Grains.Groups;

namespace ZeroKSync.Silo;

/// <summary>The grains on the embedded runtime: this process and no other.</summary>
internal static class GrainRuntimeComposition
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IEmbeddedGrainStorage, EmbeddedGrainStorage>();
        builder.Services.AddEmbeddedGrains(_ => { }, typeof(GroupGrain).Assembly);
    }
}

using Microsoft.Extensions.Options;
using ZeroKSync.Grains.Groups;

namespace ZeroKSync.Tests.Cluster.Model;

/// <summary>The limits of the story that is being told: starting a silo for each would take longer than the story.</summary>
internal sealed class StoryOptions : IOptions<GroupOptions>
{
    public GroupOptions Value { get; set; } = new();
}

using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Storage;

/// <summary>Changes of a group's row in one transaction.</summary>
public sealed record GroupWrite
{
    public required GroupId Group { get; init; }

    /// <summary>The version this was decided on.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>Devices to add or to change; their sequences and rings are the append's and not written here.</summary>
    public ImmutableArray<StoredDevice> Devices { get; init; } = [];

    /// <summary>The whole new chain; default leaves it.</summary>
    public ImmutableArray<ChainStatement> Chain { get; init; }

    /// <summary>What belongs to the last statement of the new chain; null where this relay was not asked to rotate.</summary>
    public StoredRotation? Rotation { get; init; }

    /// <summary>Whose wraps may go.</summary>
    public ImmutableArray<WrapsProved> Proved { get; init; } = [];

    /// <summary>What may go; null trims nothing.</summary>
    public TrimRequest? Trim { get; init; }
}

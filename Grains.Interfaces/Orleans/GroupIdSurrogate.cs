using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Surrogates;

/// <summary>How <see cref="GroupId"/> crosses between silos.</summary>
[GenerateSerializer]
[Alias("zks.GroupId")]
[Immutable]
public struct GroupIdSurrogate
{
    [Id(0)]
    public Bytes32 Value;
}

[RegisterConverter]
public sealed class GroupIdConverter : IConverter<GroupId, GroupIdSurrogate>
{
    public GroupId ConvertFromSurrogate(in GroupIdSurrogate surrogate) => new(surrogate.Value);

    public GroupIdSurrogate ConvertToSurrogate(in GroupId value) => new() { Value = value.Value };
}

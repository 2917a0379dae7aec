using ZeroKSync.Grains;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>Which group a welcomed session belongs to, and the grains that stand for it.</summary>
internal sealed record Membership(GroupId Group, DeviceId Device, int ChainLength, Cursor Head, IGroupGrain GroupGrain, IDeviceGrain DeviceGrain)
{
    public static Membership Of(IGrainFactory grains, GroupId group, DeviceId device, int chainLength, Cursor head) => new(
        group,
        device,
        chainLength,
        head,
        grains.GetGrain<IGroupGrain>(GrainKeys.Group(group)),
        grains.GetGrain<IDeviceGrain>(GrainKeys.Device(group, device)));
}

using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage;

public abstract partial class BlobLogConformance
{
    [Fact]
    public async Task ReadRotationsAsync_AfterRotations_HasMembersAndTheDevicesOwnWraps()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = await RotateAsync(version, 1);
        await RotateAsync(version, 2);

        ImmutableArray<DeviceRotation> all = await Log.ReadRotationsAsync(Group(1), Device(2), default, Token);
        ImmutableArray<DeviceRotation> later = await Log.ReadRotationsAsync(Group(1), Device(1), new KeyEpoch(1), Token);
        ImmutableArray<DeviceRotation> stranger = await Log.ReadRotationsAsync(Group(1), Device(9), default, Token);

        Assert.Equal([1u, 2u], all.Select(rotation => rotation.KeyEpoch.Value));
        Assert.All(all, rotation => Assert.Equal([Device(2), Device(1)], rotation.Members));
        Assert.Equal([[2, 1], [2, 2]], all.Select(rotation => rotation.Wrap!.Value.ToArray()));
        Assert.Equal([1, 2], Assert.Single(later).Wrap?.ToArray());
        Assert.All(stranger, rotation => Assert.Null(rotation.Wrap));
        Assert.Empty(await Log.ReadRotationsAsync(Group(2), Device(1), default, Token));
    }

    [Fact]
    public async Task WriteAsync_EpochProved_DropsThatDevicesWrapsUpToIt()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = await RotateAsync(version, 1);
        version = await RotateAsync(version, 2);
        version = await RotateAsync(version, 3);

        await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Proved = [new WrapsProved(Device(2), new KeyEpoch(2))] }, Token);

        Assert.Equal([true, true, false], (await Log.ReadRotationsAsync(Group(1), Device(2), default, Token)).Select(rotation => rotation.Wrap is null));
        Assert.All(await Log.ReadRotationsAsync(Group(1), Device(1), default, Token), rotation => Assert.NotNull(rotation.Wrap));
    }

    private async Task<long> RotateAsync(long version, byte epoch) => Assert.IsType<LogWritten>(await Log.WriteAsync(
        new GroupWrite
        {
            Group = Group(1),
            ExpectedVersion = version,
            Chain = [.. Enumerable.Range(0, epoch).Select(_ => Statement(200))],
            Rotation = new StoredRotation
            {
                KeyEpoch = new KeyEpoch(epoch),
                Members = [Device(2), Device(1)],
                Wraps = [new KeyWrap { Device = Device(1), Wrap = new byte[] { 1, epoch } }, new KeyWrap { Device = Device(2), Wrap = new byte[] { 2, epoch } }],
            },
        },
        Token)).Version;
}

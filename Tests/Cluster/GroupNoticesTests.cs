using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;
using ZeroKSync.Storage;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Cluster;

/// <summary>How often a device is told of what the others push.</summary>
public sealed class GroupNoticesTests
{
    [Fact]
    public async Task HeadMoved_WithoutABreak_IsSaidAtOnceAndThenTogetherAfterAPause()
    {
        using var folder = new TempDirectory();
        await using RelayStore store = RelayStore.Open(new SqliteStoreOptions { Directory = folder.Path });
        var time = new FakeTimeProvider();
        await using var host = new GroupHost(store.Log, time, Options.Create(new GroupOptions()));
        await host.StartAsync();
        GroupId group = GroupId.Read(RandomNumberGenerator.GetBytes(GroupId.Size));
        DeviceId writer = DeviceId.Read(RandomNumberGenerator.GetBytes(DeviceId.Size));
        DeviceId reader = DeviceId.Read(RandomNumberGenerator.GetBytes(DeviceId.Size));
        IGroupGrain grain = host.Grains.GetGrain<IGroupGrain>(GrainKeys.Group(group));
        foreach (DeviceId device in (DeviceId[])[writer, reader])
            Assert.IsType<Welcomed>(await grain.HelloAsync(GroupCommands.Hello(device), Bounded.Token()));

        var observer = new Observer();
        await host.Grains.GetGrain<IDeviceGrain>(GrainKeys.Device(group, reader)).AttachAsync(
            new AttachCommand { Session = new SessionId { High = 1, Low = 1 }, KnownHead = default },
            host.Grains.CreateObjectReference<IDeviceObserver>(observer),
            Bounded.Token());

        await PushAsync(1);
        Assert.Equal((1UL, 1u), await observer.NextAsync());

        await Bounded.UntilAsync(() => time.IsArmedFor(HeadNotifier.Pause));
        foreach (ulong sequence in (ulong[])[2, 3, 4])
            await PushAsync(sequence);

        Assert.True(observer.IsQuiet);
        time.Advance(HeadNotifier.Pause);
        Assert.Equal((4UL, 3u), await observer.NextAsync());

        // Left alone for as long, it hears of the next one at once.
        await Bounded.UntilAsync(() => time.IsArmedFor(HeadNotifier.Pause));
        time.Advance(HeadNotifier.Pause);
        await PushAsync(5);
        Assert.Equal((5UL, 1u), await observer.NextAsync());
        GC.KeepAlive(observer);

        async Task PushAsync(ulong sequence) => Assert.Null((await grain.AppendAsync(GroupCommands.Batch(writer, sequence), Bounded.Token())).Refusal);
    }

    private sealed class Observer : IDeviceObserver
    {
        private readonly Channel<(ulong Head, uint Count)> _heads = Channel.CreateBounded<(ulong, uint)>(16);

        public bool IsQuiet => _heads.Reader.Count == 0;

        public async Task<(ulong Head, uint Count)> NextAsync() => await _heads.Reader.ReadAsync(Bounded.Token());

        public void OnHead(HeadNotice notice) => Assert.True(_heads.Writer.TryWrite((notice.HeadCursor.Value, notice.Count)));

        public void OnGroup(GroupNotice notice)
        {
            // That the others joined is not what this is about.
        }

        public void OnEnd(SessionId session, SessionEnd reason)
        {
            // It does not end.
        }
    }
}

using System.Collections.Immutable;
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

/// <summary>When a device is told of what the others push.</summary>
public sealed class GroupNoticesTests : IAsyncLifetime
{
    private const ulong PushesMax = 100;

    private readonly TempDirectory _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly DeviceId _writer = DeviceId.Read(RandomNumberGenerator.GetBytes(DeviceId.Size));
    private readonly DeviceId _reader = DeviceId.Read(RandomNumberGenerator.GetBytes(DeviceId.Size));
    private readonly Observer _observer = new();
    private readonly RelayStore _store;
    private readonly GroupHost _host;
    private IGroupGrain? _group;
    private ulong _sequence;

    public GroupNoticesTests()
    {
        _store = RelayStore.Open(new SqliteStoreOptions { Directory = _folder.Path });
        _host = new GroupHost(_store.Log, _time, Options.Create(new GroupOptions()));
    }

    private GroupId Group { get; } = GroupId.Read(RandomNumberGenerator.GetBytes(GroupId.Size));

    public async ValueTask InitializeAsync()
    {
        await _host.StartAsync();
        _group = _host.Grains.GetGrain<IGroupGrain>(GrainKeys.Group(Group));
        foreach (DeviceId device in (DeviceId[])[_writer, _reader])
            Assert.IsType<Welcomed>(await _group.HelloAsync(GroupCommands.Hello(device), Bounded.Token()));

        await _host.Grains.GetGrain<IDeviceGrain>(GrainKeys.Device(Group, _reader)).AttachAsync(
            new AttachCommand { Session = new SessionId { High = 1, Low = 1 }, KnownHead = default },
            _host.Grains.CreateObjectReference<IDeviceObserver>(_observer),
            Bounded.Token());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task HeadMoved_ReaderIsServedElsewhereOrNot_IsSaidAtOnce()
    {
        await PushAsync(served: []);
        Assert.Equal((1UL, 1u), await _observer.NextAsync());

        await PushAsync(served: [_writer]);
        Assert.Equal((2UL, 1u), await _observer.NextAsync());

        // A gateway that knows nothing of it says nothing.
        await PushAsync(served: default);
        Assert.Equal((3UL, 1u), await _observer.NextAsync());
    }

    [Fact]
    public async Task HeadMoved_ReaderIsServedByThePushingGateway_IsSaidTogetherAfterAPause()
    {
        for (int i = 0; i < 3; i++)
            await PushAsync(served: [_reader]);

        await Bounded.UntilAsync(() => _time.IsArmedFor(HeadNotifier.ServedPause));
        Assert.True(_observer.IsQuiet);
        _time.Advance(HeadNotifier.ServedPause);
        Assert.Equal((3UL, 3u), await _observer.NextAsync());

        // And again. What is pushed while the call is still under way goes with it.
        do
            await PushAsync(served: [_reader]);
        while (!_time.IsArmedFor(HeadNotifier.ServedPause) && _sequence < PushesMax);

        _time.Advance(HeadNotifier.ServedPause);
        while ((await _observer.NextAsync()).Head < _sequence)
        {
        }
    }

    [Fact]
    public async Task HeadMoved_AnotherGatewayPushesDuringThePause_IsSaidAtOnceAndOnce()
    {
        await PushAsync(served: [_reader]);
        await Bounded.UntilAsync(() => _time.IsArmedFor(HeadNotifier.ServedPause));

        await PushAsync(served: []);
        Assert.Equal((2UL, 2u), await _observer.NextAsync());

        _time.Advance(HeadNotifier.ServedPause);
        await PushAsync(served: []);
        Assert.Equal((3UL, 1u), await _observer.NextAsync());
    }

    private async Task PushAsync(ImmutableArray<DeviceId> served) =>
        Assert.Null((await _group!.AppendAsync(GroupCommands.Batch(_writer, ++_sequence) with { Served = served }, Bounded.Token())).Refusal);

    private sealed class Observer : IDeviceObserver
    {
        private readonly Channel<(ulong Head, uint Count)> _heads = Channel.CreateBounded<(ulong, uint)>((int)PushesMax);

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

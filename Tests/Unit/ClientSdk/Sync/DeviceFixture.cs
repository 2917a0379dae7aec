using ZeroKSync.Client;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

/// <summary>A device of a group with a real store, and the rows that another member's blobs are at a relay. No network.</summary>
internal sealed class DeviceFixture : IAsyncDisposable
{
    internal static readonly RelayId Relay = RelayId.Read([.. Enumerable.Repeat((byte)0x11, 32)]);
    internal static readonly DeviceId Sender = DeviceId.Read([.. Enumerable.Repeat((byte)0x22, 32)]);

    private readonly TempDirectory _folder = new();
    private readonly ClientStore _store;
    private readonly DataDirectory _directory;
    private readonly DeviceKeys _device;
    private ulong _cursor;

    internal DeviceFixture()
    {
        _directory = DataDirectory.Open(_folder.Sub("device"), mayCreate: true);
        _device = _directory.LoadOrCreateDevice();
        _store = ClientStore.Open(_directory.DatabasePath);
        Keeper = new GroupKeeper(_store, _directory);
        Events = new EventStream(Time);
        Context = new DeviceContext(_store, _device, "laptop", GroupRecord.Create(Relay, Sender), Keeper, Time, new StatusBoard(_ => { }), Events);
        Peer = new Member(this, Sender);
    }

    /// <summary>The member that made the group.</summary>
    internal Member Peer { get; }

    internal FakeTimeProvider Time { get; } = new();

    internal GroupKeeper Keeper { get; }

    internal EventStream Events { get; }

    internal DeviceContext Context { get; }

    internal Task<T> RunAsync<T>(Func<ClientTransaction, T> work) => _store.RunAsync(work, Bounded.Token());

    internal Task RunAsync(Action<ClientTransaction> work) => _store.RunAsync(work, Bounded.Token());

    internal GroupRecord? LoadFile() => _directory.LoadGroup();

    /// <summary>As a session begins: the relay is known, at the start of its log.</summary>
    internal Task MeetRelayAsync() => RunAsync(transaction => transaction.Relays.Save(Relay, new RelayState(default, default, default)));

    internal Task<Cursor> PositionAsync() => RunAsync(transaction => transaction.Relays.Find(Relay)!.Value.Cursor);

    /// <summary>The relay's next place.</summary>
    internal Cursor NextCursor() => new(++_cursor);

    /// <summary>The next blob of the first member, as the relay's next row.</summary>
    internal PullEntry Next() => Peer.Next();

    /// <summary>The same, altered on its way.</summary>
    internal PullEntry NextAltered() => Peer.NextAltered();

    internal static PullResponse Page(params PullEntry[] entries) => new(entries, entries[^1].Cursor, HasMore: false, new Cursor(1), entries[^1].Cursor);

    /// <summary>What was announced so far.</summary>
    internal async Task<List<SyncEventKind>> RaisedAsync()
    {
        Events.Complete();
        var kinds = new List<SyncEventKind>();
        await foreach (SyncEvent happened in Events.ReadAllAsync().WithCancellation(Bounded.Token()))
            kinds.Add(happened.Kind);

        return kinds;
    }

    public async ValueTask DisposeAsync()
    {
        Peer.Dispose();
        Context.Dispose();
        await _store.DisposeAsync();
        _device.Dispose();
        _directory.Dispose();
        _folder.Dispose();
    }
}

using System.Security.Cryptography;
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
    private readonly DeviceKeys _device = DeviceKeys.Generate();
    private readonly Dictionary<DeviceId, (Sequence Seq, SequenceLink Link)> _sent = [];
    private ulong _cursor;

    internal DeviceFixture()
    {
        _store = ClientStore.Open(_folder.Sub("device.db"));
        Events = new EventStream(Time);
        Context = new DeviceContext(_store, _device, "laptop", GroupRecord.Create(Relay, Sender), Time, new StatusBoard(_ => { }), Events);
    }

    internal FakeTimeProvider Time { get; } = new();

    internal EventStream Events { get; }

    internal DeviceContext Context { get; }

    internal Task<T> RunAsync<T>(Func<ClientTransaction, T> work) => _store.RunAsync(work, Bounded.Token());

    internal Task RunAsync(Action<ClientTransaction> work) => _store.RunAsync(work, Bounded.Token());

    /// <summary>As a session begins: the relay is known, at the start of its log.</summary>
    internal Task MeetRelayAsync() => RunAsync(transaction => transaction.Relays.Save(Relay, new RelayState(default, default, default)));

    internal Task<Cursor> PositionAsync() => RunAsync(transaction => transaction.Relays.Find(Relay)!.Value.Cursor);

    /// <summary>The next blob of a sender, as the relay's next row.</summary>
    internal PullEntry Next(BlobType type = BlobType.AppData, byte[]? payload = null, DeviceId? sender = null)
    {
        DeviceId from = sender ?? Sender;
        (Sequence last, SequenceLink previous) = _sent.GetValueOrDefault(from);
        var ids = new BlobIds(from, last.Next, BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)));
        byte[] envelope = Context.Sealer.Seal(ids, ids.SenderSeq, previous, type, payload ?? [1, 2, 3]);
        _sent[from] = (ids.SenderSeq, SequenceLinks.Next(Context.GroupId, ids, previous));
        return new PullEntry(
            new Cursor(++_cursor), PullEntryState.Blob, from, ids.BlobId, Context.Keyring.Current.Epoch, ids.SenderSeq, ids.SenderSeq, 0, envelope, default(ReadOnlyMemory<byte>?));
    }

    /// <summary>The same, altered on its way.</summary>
    internal PullEntry NextAltered()
    {
        PullEntry entry = Next();
        byte[] envelope = entry.Envelope!.Value.ToArray();
        envelope[^1] ^= 1;
        return entry with { Envelope = envelope };
    }

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
        Context.Dispose();
        await _store.DisposeAsync();
        _device.Dispose();
        _folder.Dispose();
    }
}

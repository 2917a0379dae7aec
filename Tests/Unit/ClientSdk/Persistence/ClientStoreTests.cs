using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using ZeroKSync.Client;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Sync;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.ClientSdk.Persistence;

public sealed class ClientStoreTests : IAsyncDisposable
{
    private static readonly RelayId Relay = RelayId.Read([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly DeviceId Sender = DeviceId.Read([.. Enumerable.Repeat((byte)2, 32)]);
    private readonly TempDirectory _folder = new();
    private ClientStore _store;

    public ClientStoreTests()
    {
        _store = ClientStore.Open(_folder.Sub("device.db"));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task RunAsync_ManyAtOnce_AllAreThereAfterReopening()
    {
        const int Count = 500;
        await Task.WhenAll(Enumerable.Range(1, Count).Select(_ => RunAsync(transaction => Push(transaction)))).Within();
        await _store.DisposeAsync();

        _store = ClientStore.Open(_folder.Sub("device.db"));
        List<OutboxItem> items = await RunAsync(transaction => transaction.Outbox.ReadAfter(default, Count, long.MaxValue));

        Assert.Equal(Enumerable.Range(1, Count).Select(i => (ulong)i), items.Select(item => item.SenderSeq.Value));
        Assert.Equal(items.SkipLast(1).Select(item => item.Link), items.Skip(1).Select(item => item.Previous));
    }

    [Fact]
    public async Task RunAsync_FilesCopiedRightAfterwards_HoldTheChange()
    {
        await RunAsync(transaction => Push(transaction)).Within();

        // What a killed process leaves: the files as they are, nothing closed.
        foreach (string suffix in (string[])[string.Empty, "-wal"])
            File.Copy(_folder.Sub("device.db" + suffix), _folder.Sub("copy.db" + suffix));

        await using ClientStore copy = ClientStore.Open(_folder.Sub("copy.db"));
        Assert.Equal(1UL, (await copy.RunAsync(transaction => transaction.Outbox.Last(), Bounded.Token())).Seq.Value);
    }

    [Fact]
    public async Task RunAsync_RefusedWork_FailsAlone()
    {
        Task good = RunAsync(transaction => Push(transaction));
        Task<int> refused = RunAsync<int>(_ => throw new SyncException(SyncErrorKind.OutboxFull, "full"));
        Task alsoGood = RunAsync(transaction => Push(transaction));

        Assert.Equal(SyncErrorKind.OutboxFull, (await Assert.ThrowsAsync<SyncException>(() => refused.Within())).Kind);
        await good.Within();
        await alsoGood.Within();
        Assert.Equal(2UL, (await RunAsync(transaction => transaction.Outbox.Last())).Seq.Value);
    }

    [Fact]
    public async Task RunAsync_BrokenWork_TakesItsTransactionBackAndTheStoreLivesOn()
    {
        await Assert.ThrowsAsync<SyncException>(() => RunAsync(transaction =>
        {
            Push(transaction);
            transaction.Execute("INSERT INTO nowhere VALUES (1)");
        }).Within());

        Assert.Equal(0UL, (await RunAsync(transaction => transaction.Outbox.Last())).Seq.Value);
        await RunAsync(transaction => Push(transaction)).Within();
        Assert.Equal(1UL, (await RunAsync(transaction => transaction.Outbox.Last())).Seq.Value);
    }

    [Fact]
    public async Task Relays_Positions_NeverGoBackByMoving()
    {
        var state = new RelayState(RelayEpoch.Read(new byte[16]), new Cursor(5), new Sequence(6));
        RelayState? moved = await RunAsync(transaction =>
        {
            transaction.Relays.Save(Relay, state);
            transaction.Relays.MoveCursor(Relay, new Cursor(3));
            transaction.Relays.MoveAcked(Relay, new Sequence(9));
            return transaction.Relays.Find(Relay);
        });

        Assert.Equal(state with { AckedSeq = new Sequence(9) }, moved);
        Assert.Null(await RunAsync(transaction => transaction.Relays.Find(default)));
    }

    [Fact]
    public async Task Inbox_Rows_AreHandedOverInOrderAndTroubledOnesAreCounted()
    {
        await RunAsync(transaction =>
        {
            transaction.Inbox.Append(Row(1, InboxState.Deliverable));
            transaction.Inbox.Append(Row(2, InboxState.Quarantined));
            transaction.Inbox.Append(Row(3, InboxState.Internal));
            transaction.Inbox.Append(Row(4, InboxState.Deliverable));
        });

        (List<InboxRow> rows, int troubled, int known) = await RunAsync(transaction =>
            (transaction.Inbox.ReadDeliverable(0, 10, long.MaxValue), transaction.Inbox.CountTroubled(), transaction.Inbox.Find(Sender, new Sequence(2), Row(2, default).BlobId).Count));

        Assert.Equal([1, 4], rows.Select(row => row.SenderSeq.Value));
        Assert.Equal((1, 1), (troubled, known));
        Assert.Single(await RunAsync(transaction => transaction.Inbox.ReadDeliverable(rows[0].LocalSeq, 10, long.MaxValue)));
    }

    [Fact]
    public async Task Inbox_Room_IsCountedByRelayAndAsTheRowsAre()
    {
        (InboxRoom counted, InboxRoom others, InboxRoom removed) = await RunAsync(transaction =>
        {
            transaction.Inbox.Append(Row(1, InboxState.Quarantined));
            transaction.Inbox.Append(Row(2, InboxState.Missing) with { Envelope = null });
            transaction.Inbox.Append(Row(3, InboxState.Deliverable));
            InboxRoom both = transaction.Inbox.Room(Relay);
            transaction.Inbox.Remove(1);
            return (both, transaction.Inbox.Room(default), transaction.Inbox.Room(Relay));
        });

        Assert.Equal((new InboxRoom(2, 10), default(InboxRoom), new InboxRoom(1, 0)), (counted, others, removed));
        await Assert.ThrowsAsync<SyncException>(() => RunAsync(transaction =>
        {
            transaction.Inbox.Append(Row(4, InboxState.Quarantined));
            transaction.Execute("INSERT INTO nowhere VALUES (1)");
        }).Within());
        Assert.Equal(removed, await RunAsync(transaction => transaction.Inbox.Room(Relay)));
    }

    [Fact]
    public async Task Inbox_TypeOfABlob_IsKept()
    {
        List<KnownRow> known = await RunAsync(transaction =>
        {
            transaction.Inbox.Append(Row(1, InboxState.Internal) with { Type = BlobType.Vector });
            transaction.Inbox.Append(Row(1, InboxState.Quarantined));
            return transaction.Inbox.Find(Sender, new Sequence(1), Row(1, default).BlobId);
        });

        Assert.Equal([BlobType.Vector, null], known.Select(row => row.Type));
    }

    [Fact]
    public async Task Open_DatabaseOfVersionOne_IsBroughtToThisOneWithItsRows()
    {
        string path = _folder.Sub("old.db");
        WriteVersionOne(path);

        await using ClientStore upgraded = ClientStore.Open(path);
        List<KnownRow> known = await upgraded.RunAsync(transaction => transaction.Inbox.Find(Sender, new Sequence(1), default), Bounded.Token());

        Assert.Equal([BlobType.AppData, null], known.Select(row => row.Type));
    }

    [Fact]
    public void Open_DatabaseOfALaterVersion_IsRefused()
    {
        string path = _folder.Sub("later.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            Execute(connection, "PRAGMA user_version = 99");
        }

        Assert.Equal(SyncErrorKind.LocalStore, Assert.Throws<SyncException>(() => ClientStore.Open(path)).Kind);
    }

    [Fact]
    public void Open_FileThatIsNoDatabase_IsRefused()
    {
        File.WriteAllBytes(_folder.Sub("other.db"), RandomNumberGenerator.GetBytes(5000));

        Assert.Equal(SyncErrorKind.LocalStore, Assert.Throws<SyncException>(() => ClientStore.Open(_folder.Sub("other.db"))).Kind);
    }

    [Fact]
    public void DataDirectory_OneOwnerAndPrivateFiles()
    {
        string path = _folder.Sub("device");
        Assert.Equal(SyncErrorKind.WrongState, Assert.Throws<SyncException>(() => DataDirectory.Open(path, mayCreate: false)).Kind);
        using DataDirectory directory = DataDirectory.Open(path, mayCreate: true);
        using (directory.LoadOrCreateDevice())
        {
            Assert.Equal(SyncErrorKind.LocalStore, Assert.Throws<SyncException>(() => DataDirectory.Open(path, mayCreate: true)).Kind);
            if (OperatingSystem.IsWindows())
                return;

            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
            foreach (string file in Directory.GetFiles(path))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        File.WriteAllBytes(Path.Combine(path, "device.key"), new byte[7]);
        Assert.Equal(SyncErrorKind.LocalStore, Assert.Throws<SyncException>(directory.LoadOrCreateDevice).Kind);
    }

    // An app's blob and one that is not for the app, as the first version kept them.
    private static void WriteVersionOne(string path)
    {
        using Stream schema = typeof(ClientStore).Assembly.GetManifestResourceStream("ZeroKSync.Client.Persistence.schema.sql")!;
        using var reader = new StreamReader(schema);
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, reader.ReadToEnd());
        foreach (int state in (int[])[0, 1])
        {
            Execute(
                connection,
                $"INSERT INTO inbox (state, relay_id, cursor, sender, first_seq, sender_seq, blob_id, timestamp_ms) VALUES ({state}, x'01', {state}, x'{Sender.ToHex()}', 1, 1, zeroblob(16), 0)");
        }

        Execute(connection, "PRAGMA user_version = 1");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private Task<T> RunAsync<T>(Func<ClientTransaction, T> work) => _store.RunAsync(work, Bounded.Token());

    private Task RunAsync(Action<ClientTransaction> work) => _store.RunAsync(work, Bounded.Token());

    private static OutboxItem Push(ClientTransaction transaction)
    {
        (Sequence last, SequenceLink link) = transaction.Outbox.Last();
        var item = new OutboxItem
        {
            FirstSeq = last.Next,
            SenderSeq = last.Next,
            BlobId = BlobId.Read(RandomNumberGenerator.GetBytes(16)),
            KeyEpoch = default,
            Previous = link,
            Link = SequenceLink.Read(RandomNumberGenerator.GetBytes(32)),
            TtlSeconds = 0,
            Envelope = new byte[100],
        };
        transaction.Outbox.Append(item, createdMs: 1);
        return item;
    }

    private static InboxRow Row(ulong seq, InboxState state) => new()
    {
        State = state,
        Relay = Relay,
        Cursor = new Cursor(seq),
        Sender = Sender,
        FirstSeq = new Sequence(seq),
        SenderSeq = new Sequence(seq),
        BlobId = BlobId.Read([.. Enumerable.Repeat((byte)seq, 16)]),
        TimestampMs = 5,
        Envelope = new byte[10],
    };
}

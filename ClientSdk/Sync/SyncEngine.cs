using System.Runtime.CompilerServices;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Transport;

namespace ZeroKSync.Client.Sync;

/// <summary>A device that is in a group: its outbox, its inbox and the connection that moves both. It exists from joining to closing.</summary>
internal sealed class SyncEngine : IAsyncDisposable
{
    // Rows fetched at a time for the app, and bytes of them.
    private const int ReadCountMax = 128;
    private const long ReadBytesMax = 2 << 20;

    private readonly DeviceContext _context;
    private readonly Outbox _outbox;
    private readonly Inbox _inbox;
    private readonly RelayRunner _runner;
    private readonly CancellationTokenSource _closing = new();
    private int _readers;

    private SyncEngine(DeviceContext context, IReadOnlyList<RelayAddress> relays, Outbox outbox, Inbox inbox, RelayRunner runner)
    {
        _context = context;
        Relays = relays;
        _outbox = outbox;
        _inbox = inbox;
        _runner = runner;
    }

    public GroupId GroupId => _context.GroupId;

    public IReadOnlyList<RelayAddress> Relays { get; }

    public DeviceContext Context => _context;

    public static async Task<SyncEngine> StartAsync(DeviceContext context, Func<ITransport> transport, IReadOnlyList<RelayAddress> relays, Random jitter, CancellationToken cancellationToken)
    {
        RelayState? state = await context.Store.RunAsync(
            transaction => relays.Select(relay => transaction.Relays.Find(relay.RelayId)).FirstOrDefault(found => found is not null), cancellationToken).ConfigureAwait(false);
        var outbox = new Outbox(context);
        var inbox = new Inbox(context, InboxBounds.Default);
        await outbox.LoadAsync(state?.AckedSeq ?? default, cancellationToken).ConfigureAwait(false);
        await inbox.LoadAsync(cancellationToken).ConfigureAwait(false);
        return new SyncEngine(context, relays, outbox, inbox, new RelayRunner(context, transport, relays, outbox, inbox, jitter));
    }

    public Task<GroupSession> ConnectAsync() => _runner.ConnectAsync();

    public void Disconnect() => _runner.Disconnect();

    public Task<PushReceipt> PushAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => _outbox.AddAsync(data, cancellationToken);

    /// <summary>How far everything from the first relay is durable here.</summary>
    public Task<Cursor> ReadCursorAsync(CancellationToken cancellationToken) => _context.Store.RunAsync(
        transaction => Relays.Count == 0 ? default : transaction.Relays.Find(Relays[0].RelayId)?.Cursor ?? default, cancellationToken);

    /// <summary>Hands the inbox over, row by row; asking for the next one makes the one before done, on disk.</summary>
    /// <param name="untilCaughtUp">Ends when nothing is left instead of waiting.</param>
    public async IAsyncEnumerable<SyncedBlob> ReadAsync(bool untilCaughtUp, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _readers, 1, 0) != 0)
            throw new SyncException(SyncErrorKind.WrongState, "Somebody is reading already.");

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            Cursor target = untilCaughtUp ? await AskHeadAsync(either.Token).ConfigureAwait(false) : default;
            long position = await _context.Store.RunAsync(transaction => transaction.Settings.AppPosition, either.Token).ConfigureAwait(false);
            while (true)
            {
                Task added = _inbox.Added.Next;
                Task changed = _context.Board.Changed.Next;
                StatusFacts facts = _context.Board.Facts;
                long after = position;
                List<InboxRow> rows = await _context.Store.RunAsync(
                    transaction => transaction.Inbox.ReadDeliverable(after, ReadCountMax, ReadBytesMax), either.Token).ConfigureAwait(false);
                foreach (InboxRow row in rows)
                {
                    if (TryOpen(row) is { } blob)
                        yield return blob;

                    position = row.LocalSeq;
                    long done = position;
                    await _context.Store.RunAsync(transaction => transaction.Settings.AppPosition = done, either.Token).ConfigureAwait(false);
                }

                if (rows.Count > 0)
                    continue;

                // The facts were looked at before the inbox: what was caught up then, is handed over now.
                if (untilCaughtUp && IsOver(facts, target))
                    yield break;

                await (untilCaughtUp ? Task.WhenAny(added, changed) : added).WaitAsync(either.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref _readers, 0);
        }
    }

    /// <summary>Waits until every own blob is at a relay.</summary>
    public async Task<bool> FlushAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token, _closing.Token);
        while (true)
        {
            Task changed = _context.Board.Changed.Next;
            if (_context.Board.Facts.Pending == 0)
                return true;

            try
            {
                await changed.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return _context.Board.Facts.Pending == 0;
            }
        }
    }

    /// <summary>
    /// Asks the relay something that may be asked twice. A session may have been dead for as long as nobody used it, after a sleep or a
    /// relay's restart: where it turns out to be so, the next session is asked.
    /// </summary>
    public async Task<T> AskAsync<T>(Func<RelayLink, Task<T>> ask, CancellationToken cancellationToken)
    {
        RelayLink link = (await ConnectAsync().WaitAsync(cancellationToken).ConfigureAwait(false)).Link;
        try
        {
            return await ask(link).ConfigureAwait(false);
        }
        catch (SyncException exception) when (exception.IsTransient && link.Ended.IsCompleted)
        {
            // Once: a relay that ends every session that asks would be asked for ever.
            link = (await ConnectAsync().WaitAsync(cancellationToken).ConfigureAwait(false)).Link;
            return await ask(link).ConfigureAwait(false);
        }
    }

    public async Task<IReadOnlyList<GroupDevice>> ListDevicesAsync(CancellationToken cancellationToken)
    {
        Devices devices = await AskAsync(link => link.RequestAsync<ListDevices, Devices>(new ListDevices(), cancellationToken), cancellationToken).ConfigureAwait(false);
        return [.. devices.Entries.Select(Describe)];
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _runner.DisposeAsync().ConfigureAwait(false);
        _outbox.Close();
        _inbox.Dispose();
        _context.Dispose();
    }

    // What the relay has now: being level with what it last told would miss what it is about to tell.
    private Task<Cursor> AskHeadAsync(CancellationToken cancellationToken) => AskAsync(
        async link =>
        {
            Cursor position = await _context.Store.RunAsync(transaction => transaction.Relays.Find(link.Relay)?.Cursor ?? default, cancellationToken).ConfigureAwait(false);
            PullResponse page = await link.RequestAsync<Pull, PullResponse>(new Pull(position, 1, 1, Own: false), cancellationToken).ConfigureAwait(false);
            return page.HeadCursor;
        },
        cancellationToken);

    private static bool IsOver(in StatusFacts facts, Cursor target)
    {
        if (facts.Phase is ConnectionPhase.Stopped or ConnectionPhase.Idle)
            throw new SyncException(facts.Failure ?? SyncErrorKind.Unreachable, "Not connected, and not trying.", isTransient: facts.Phase == ConnectionPhase.Idle);

        if (facts.Phase == ConnectionPhase.Waiting)
            throw new SyncException(facts.Failure ?? SyncErrorKind.Unreachable, "The relay cannot be reached.", isTransient: true);

        if (facts is { Phase: ConnectionPhase.Active, ReadFailure: { } reading })
            throw new SyncException(reading, "Nothing more can be read from the relay; everything before was handed over.");

        if (facts.Phase != ConnectionPhase.Active || facts.Through < target || !facts.IsCaughtUp)
            return false;

        if (facts.IsWithheld)
            throw new SyncException(SyncErrorKind.RelayWithholding, "The relay keeps back what another device says was sent; everything it shows was handed over.");

        return facts.Troubled == 0
            ? true
            : throw new SyncException(SyncErrorKind.OutOfStep, "Something another device sent is missing or cannot be opened; everything else was handed over.");
    }

    private SyncedBlob? TryOpen(InboxRow row)
    {
        var ids = new BlobIds(row.Sender, row.SenderSeq, row.BlobId);
        if (row.Envelope is { } envelope && _context.Sealer.TryOpen(ids, envelope.Span, out OpenedBlob opened))
        {
            DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(row.TimestampMs, (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
            return new SyncedBlob(new SyncedBlobId(row.Sender, row.SenderSeq, row.BlobId), opened.Payload, time, row.Unconfirmed > 0);
        }

        // It opened when it was stored: the local database was changed since.
        _context.Events.Raise(SyncEventKind.Quarantined, "A blob on this device no longer opens: its storage is damaged.", row.Sender, row.SenderSeq, row.BlobId);
        return null;
    }

    private GroupDevice Describe(DeviceEntry entry)
    {
        string? name = DeviceCard.TryOpen(_context.Keyring, entry.DeviceId, entry.DeviceCard.Span, out DeviceCard? card) ? card.Name : null;
        return new GroupDevice(entry.DeviceId, name, Time(entry.FirstSeenMs), Time(entry.LastSeenMs), entry.Pending, entry.IsOnline, entry.DeviceId == _context.DeviceId);
    }

    private static DateTimeOffset Time(ulong milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(milliseconds, (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}

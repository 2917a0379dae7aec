using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ZeroKSync.Client.Crypto;
using ZeroKSync.Client.Pairing;
using ZeroKSync.Client.Persistence;
using ZeroKSync.Client.Sync;
using ZeroKSync.Client.Transport;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;

namespace ZeroKSync.Client;

/// <summary>
/// A device of a group: seals what the app pushes, keeps it durable here, brings it to the relay, and hands over what the other devices
/// pushed. It owns its data directory; it never shows a key. Members may be called from any thread.
/// </summary>
public sealed class SyncClient : IAsyncDisposable
{
    private readonly SyncClientOptions _options;
    private readonly TimeProvider _time;
    private readonly DataDirectory _directory;
    private readonly DeviceKeys _device;
    private readonly ClientStore _store;
    private readonly GroupKeeper _keeper;
    private readonly string _name;
    private readonly StatusBoard _board;
    private readonly EventStream _events;
    private readonly SemaphoreSlim _membership = new(1);
    private readonly TransportChoice _transport;
    private SyncEngine? _engine;
    private bool _isDisposed;

    private SyncClient(SyncClientOptions options, TimeProvider time, DataDirectory directory, DeviceKeys device, ClientStore store, string name)
    {
        _options = options;
        _time = time;
        _directory = directory;
        _device = device;
        _store = store;
        _keeper = new GroupKeeper(store, directory);
        _name = name;
        _board = new StatusBoard(status => StatusChanged?.Invoke(this, status));
        _events = new EventStream(time);
        ILogger logger = (ILogger?)options.LoggerFactory?.CreateLogger<SyncClient>() ?? NullLogger.Instance;
        _transport = new TransportChoice(options.Transport, options.WebSocketDelay, options.CreateQuic, time, logger);
    }

    /// <summary>This device's public key: its name in the group.</summary>
    public DeviceId DeviceId => _device.DeviceId;

    /// <summary>Whether this device is in a group.</summary>
    [MemberNotNullWhen(true, nameof(GroupId))]
    public bool IsInGroup => _engine is not null;

    /// <summary>The group, once there is one; not a secret, and not for logs.</summary>
    public GroupId? GroupId => _engine?.GroupId;

    /// <summary>The relays in use, most wanted first.</summary>
    public IReadOnlyList<RelayAddress> Relays => _engine?.Relays ?? [];

    /// <summary>How this device stands now.</summary>
    public SyncStatus Status => _board.Current;

    /// <summary>Raised after <see cref="Status"/> changed, one at a time, never under a lock. A handler must not block.</summary>
    public event EventHandler<SyncStatus>? StatusChanged;

    /// <summary>
    /// What happened from now on, for one reader at a time. At most 1,024 wait; then the oldest are dropped and said so by <see cref="SyncEventKind.EventsDropped"/>.
    /// </summary>
    public IAsyncEnumerable<SyncEvent> Events => _events.ReadAllAsync();

    /// <summary>Largest blob, in bytes.</summary>
    public static int MaxBlobBytes => Padding.PayloadBytesMax;

    /// <summary>Opens the data directory, and makes the device's keys at the first time. Touches no network.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorKind.LocalStore"/>; <see cref="SyncErrorKind.WrongState"/> where the directory holds no device and no name is given.</exception>
    /// <exception cref="ArgumentException">The name is empty or longer than 128 bytes, or <see cref="SyncClientOptions.WebSocketDelay"/> is out of its bounds.</exception>
    public static async Task<SyncClient> OpenAsync(SyncClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckName(options.DeviceName);
        if (options.WebSocketDelay is { } delay)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero, nameof(options));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, SyncClientOptions.MaxWebSocketDelay, nameof(options));
        }

        DataDirectory directory = DataDirectory.Open(options.DataDirectory, mayCreate: options.DeviceName is not null);
        DeviceKeys? device = null;
        ClientStore? store = null;
        try
        {
            device = directory.LoadOrCreateDevice();
            store = ClientStore.Open(directory.DatabasePath);
            string name = await store.RunAsync(transaction => KeepName(transaction, options.DeviceName), cancellationToken).ConfigureAwait(false);
            var client = new SyncClient(options, options.TimeProvider ?? SystemClock, directory, device, store, name);
            if (await client._keeper.LoadAsync(cancellationToken).ConfigureAwait(false) is { } record)
                await client.StartAsync(record, cancellationToken).ConfigureAwait(false);

            return client;
        }
        catch (SyncException)
        {
            if (store is not null)
                await store.DisposeAsync().ConfigureAwait(false);

            device?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Makes a new group with this device as its first member and registers it at the first relay that answers.</summary>
    /// <param name="relays">1 to 8, most wanted first.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="SyncException">No relay could be reached or admits it; the device is then in no group.</exception>
    public async Task CreateGroupAsync(IReadOnlyList<RelayAddress> relays, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(relays);
        ArgumentOutOfRangeException.ThrowIfZero(relays.Count, nameof(relays));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(relays.Count, SyncClientOptions.MaxRelays, nameof(relays));
        await ChangeMembershipAsync(
            async () =>
            {
                GroupRecord record = await CreateAtFirstAsync(relays, cancellationToken).ConfigureAwait(false);
                await KeepAsync(record, relays, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Leaves the sealed group record at the relay for one device to claim.</summary>
    /// <exception cref="SyncException">The relay cannot be reached or refuses.</exception>
    public async Task<Invite> CreateInviteAsync(InviteOptions? options = null, CancellationToken cancellationToken = default)
    {
        TimeSpan expiry = (options ?? new InviteOptions()).Expiry;
        ArgumentOutOfRangeException.ThrowIfLessThan(expiry, TimeSpan.FromSeconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(expiry, InviteOptions.MaxExpiry, nameof(options));
        SyncEngine engine = Engine();
        // An invite of which nobody got the link is one that nobody can claim.
        return await engine.AskAsync(
            link => InviteRendezvous.CreateAsync(link, engine.Context.Record, engine.Relays, expiry, _time, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes an unclaimed invite worthless.</summary>
    /// <param name="inviteId"><see cref="Invite.Id"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorKind.InviteNotFound"/> where it was claimed already.</exception>
    public async Task CancelInviteAsync(string inviteId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inviteId);
        GroupSession session = await Engine().ConnectAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        await InviteRendezvous.CancelAsync(session.Link, inviteId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Claims an invite and joins its group.</summary>
    /// <param name="inviteLink"><see cref="Invite.Link"/> of a member.</param>
    /// <param name="cancellationToken">Stops waiting; the invite may be used up.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorKind.InviteInvalid"/>, <see cref="SyncErrorKind.InviteNotFound"/>, <see cref="SyncErrorKind.WrongRelay"/>, <see cref="SyncErrorKind.Unreachable"/>.</exception>
    public async Task JoinAsync(string inviteLink, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inviteLink);
        if (!InvitePayload.TryDecode(inviteLink.AsSpan().Trim(), out InvitePayload? payload))
            throw new SyncException(SyncErrorKind.InviteInvalid, "This is not an invite that this version understands.");

        using (payload)
        {
            await ChangeMembershipAsync(
                async () =>
                {
                    GroupRecord record = await InviteRendezvous.ClaimAsync(_transport.Get(), payload, _device, _time, cancellationToken).ConfigureAwait(false);
                    await KeepAsync(record, payload.Relays, cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }

        // The invite is used up and the group is kept; being welcomed is what tells a joiner that it worked.
        await Engine().ConnectAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!_options.AutoConnect)
            Engine().Disconnect();
    }

    /// <summary>Starts connecting and returns when the first session is open; reconnects by itself from then on.</summary>
    /// <exception cref="SyncException">The first try failed. Tries go on in the background if the error is transient.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken = default) =>
        await Engine().ConnectAsync().WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Ends the session and stops reconnecting. Local work goes on.</summary>
    public Task DisconnectAsync()
    {
        Engine().Disconnect();
        return Task.CompletedTask;
    }

    /// <summary>How far everything from the first relay is durable here.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Cursor> GetLastCursorAsync(CancellationToken cancellationToken = default) =>
        _engine is { } engine ? engine.ReadCursorAsync(cancellationToken) : Task.FromResult(default(Cursor));

    /// <summary>Seals and stores a blob; returns when it is durable on this device, connected or not.</summary>
    /// <param name="data">0 to <see cref="MaxBlobBytes"/> bytes; copied before the call returns its task.</param>
    /// <param name="cancellationToken">Stops waiting; the blob may be stored nevertheless.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorKind.BlobTooLarge"/>, <see cref="SyncErrorKind.OutboxFull"/>, <see cref="SyncErrorKind.LocalStore"/>.</exception>
    public Task<PushReceipt> PushAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        if (data.Length > MaxBlobBytes)
            throw new SyncException(SyncErrorKind.BlobTooLarge, $"A blob has at most {MaxBlobBytes} bytes. It took no sequence.");

        return Engine().PushAsync(data.ToArray(), cancellationToken);
    }

    /// <summary>
    /// The blobs of the other devices, past and live, each sender's in its order. Asking for the next item says that the one before is
    /// done: it does not come again, not after a restart either, unless the process ends inside the loop body. One reader at a time.
    /// </summary>
    public IAsyncEnumerable<SyncedBlob> ReadAsync(CancellationToken cancellationToken = default) => Engine().ReadAsync(untilCaughtUp: false, cancellationToken);

    /// <summary>
    /// Like <see cref="ReadAsync"/>, and ends when everything the relay has is handed over. For programs that fetch and exit.
    /// </summary>
    /// <exception cref="SyncException">The relay cannot be reached, or, after the last item, something is missing or does not open.</exception>
    public IAsyncEnumerable<SyncedBlob> ReadToHeadAsync(CancellationToken cancellationToken = default) => Engine().ReadAsync(untilCaughtUp: true, cancellationToken);

    /// <summary>Waits until the outbox is empty, at most this long.</summary>
    /// <returns>Whether it became empty.</returns>
    public Task<bool> FlushAsync(TimeSpan timeout, CancellationToken cancellationToken = default) => Engine().FlushAsync(timeout, cancellationToken);

    /// <summary>Asks the relay for the group's devices and opens their cards.</summary>
    /// <exception cref="SyncException">The relay cannot be reached.</exception>
    public Task<IReadOnlyList<GroupDevice>> ListDevicesAsync(CancellationToken cancellationToken = default) => Engine().ListDevicesAsync(cancellationToken);

    /// <summary>Ends the session and closes the store. Does not wait for the relay.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;

        _isDisposed = true;
        if (_engine is { } engine)
            await engine.DisposeAsync().ConfigureAwait(false);

        await _transport.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        _events.Complete();
        _device.Dispose();
        _directory.Dispose();
        _membership.Dispose();
    }

#pragma warning disable RS0030 // The SDK is the composition root of an app that passes no clock.
    internal static TimeProvider SystemClock => TimeProvider.System;
#pragma warning restore RS0030

    private static void CheckName(string? name)
    {
        if (name is not null && Encoding.UTF8.GetByteCount(name) is < 1 or > SyncClientOptions.MaxDeviceNameBytes)
            throw new ArgumentException($"A device name has 1 to {SyncClientOptions.MaxDeviceNameBytes} bytes.", nameof(name));
    }

    private static string KeepName(ClientTransaction transaction, string? name)
    {
        if (name is not null && transaction.Settings.DeviceName != name)
            transaction.Settings.DeviceName = name;

        return transaction.Settings.DeviceName ?? string.Empty;
    }

    private SyncEngine Engine()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _engine ?? throw new SyncException(SyncErrorKind.WrongState, "This device is in no group yet.");
    }

    private async Task ChangeMembershipAsync(Func<Task> change, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _membership.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_engine is not null)
                throw new SyncException(SyncErrorKind.WrongState, "This device is in a group already.");

            await change().ConfigureAwait(false);
        }
        finally
        {
            _membership.Release();
        }
    }

    private async Task<GroupRecord> CreateAtFirstAsync(IReadOnlyList<RelayAddress> relays, CancellationToken cancellationToken)
    {
        SyncException? failure = null;
        foreach (RelayAddress relay in relays)
        {
            GroupRecord record = GroupRecord.Create(relay.RelayId, DeviceId);
            using var context = Context(record.Copy());
            using var inbox = new Inbox(context, InboxBounds.Default);
            using var updates = new KeyUpdates(context, inbox);
            try
            {
                GroupSession session = await GroupSession.OpenAsync(context, updates, _transport.Get(), relay, HelloFlags.Create, cancellationToken).ConfigureAwait(false);
                await session.DisposeAsync().ConfigureAwait(false);
                return record;
            }
            catch (SyncException exception)
            {
                record.Dispose();
                failure = failure is { IsTransient: false } ? failure : exception;
            }
        }

        throw failure ?? new SyncException(SyncErrorKind.Unreachable, "No relay was named.");
    }

    // The keys first: a device that crashes in between knows its group and asks nobody for it again.
    private async Task KeepAsync(GroupRecord record, IReadOnlyList<RelayAddress> relays, CancellationToken cancellationToken)
    {
        await _store.RunAsync(transaction => transaction.Relays.Replace(relays), cancellationToken).ConfigureAwait(false);
        await _keeper.SaveAsync(record, cancellationToken).ConfigureAwait(false);
        await StartAsync(record, cancellationToken).ConfigureAwait(false);
    }

    private async Task StartAsync(GroupRecord record, CancellationToken cancellationToken)
    {
        IReadOnlyList<RelayAddress> relays = _options.Relays.Count > 0
            ? _options.Relays
            : await _store.RunAsync(transaction => transaction.Relays.List(), cancellationToken).ConfigureAwait(false);
        // Only spreads reconnecting clients: it need not be secret, and each process has its own.
        var jitter = new Random(RandomNumberGenerator.GetInt32(int.MaxValue));
        _engine = await SyncEngine.StartAsync(Context(record), _transport.Get, relays, jitter, cancellationToken).ConfigureAwait(false);
        if (_options.AutoConnect)
            _ = _engine.ConnectAsync();
    }

    private DeviceContext Context(GroupRecord record) => new(_store, _device, _name, record, _keeper, _time, _board, _events) { RekeyLimits = _options.RekeyLimits };
}

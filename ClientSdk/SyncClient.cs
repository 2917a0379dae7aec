using ZeroKSync.Protocol;

namespace ZeroKSync.Client;

/// <summary>
/// A device of a group: seals what the app pushes, keeps it durable here, brings it to the relay, and hands over what the other devices
/// pushed. It owns its data directory; it never shows a key. Members may be called from any thread.
/// </summary>
public sealed class SyncClient : IAsyncDisposable
{
    private SyncClient()
    {
    }

    /// <summary>This device's public key: its name in the group.</summary>
    public DeviceId DeviceId => throw Closed();

    /// <summary>Whether this device is in a group.</summary>
    public bool IsInGroup => throw Closed();

    /// <summary>The group, once there is one; not a secret, and not for logs.</summary>
    public GroupId? GroupId => throw Closed();

    /// <summary>The relays in use, most wanted first.</summary>
    public IReadOnlyList<RelayAddress> Relays => throw Closed();

    /// <summary>How far everything from the first relay is durable here.</summary>
    public Cursor LastCursor => throw Closed();

    /// <summary>How this device stands now.</summary>
    public SyncStatus Status => throw Closed();

    /// <summary>Raised after <see cref="Status"/> changed, one at a time, never under a lock. A handler must not block.</summary>
    public event EventHandler<SyncStatus>? StatusChanged
    {
        add => throw Closed();
        remove => throw Closed();
    }

    /// <summary>
    /// What happened from now on, for one reader at a time. At most 1,024 wait; then the oldest are dropped and said so by <see cref="SyncEventKind.EventsDropped"/>.
    /// </summary>
    public IAsyncEnumerable<SyncEvent> Events => throw Closed();

    /// <summary>Opens the data directory, and makes the device's keys at the first time. Touches no network.</summary>
    /// <exception cref="SyncException"><see cref="SyncErrorKind.LocalStore"/>.</exception>
    public static Task<SyncClient> OpenAsync(SyncClientOptions options, CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>Makes a new group with this device as its first member and registers it at the first relay that answers.</summary>
    /// <param name="relays">1 to 8, most wanted first.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="SyncException">No relay could be reached or admits it; the device is then in no group.</exception>
    public Task CreateGroupAsync(IReadOnlyList<RelayAddress> relays, CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>Leaves the sealed group record at the relay for one device to claim.</summary>
    public Task<Invite> CreateInviteAsync(InviteOptions? options = null, CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>Makes an unclaimed invite worthless.</summary>
    /// <param name="inviteId"><see cref="Invite.Id"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task CancelInviteAsync(string inviteId, CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>Claims an invite and joins its group.</summary>
    /// <param name="inviteLink"><see cref="Invite.Link"/> of a member.</param>
    /// <param name="cancellationToken">Stops waiting; the invite may be used up.</param>
    public Task JoinAsync(string inviteLink, CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>Starts connecting and returns when the first session is open; reconnects by itself from then on.</summary>
    /// <exception cref="SyncException">The first try failed. Tries go on in the background if the error is transient.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>Ends the session and stops reconnecting. Local work goes on.</summary>
    public Task DisconnectAsync() => throw Closed();

    /// <summary>Seals and stores a blob; returns when it is durable on this device, connected or not.</summary>
    /// <param name="data">0 to <see cref="MaxBlobBytes"/> bytes; copied before the call returns its task.</param>
    /// <param name="cancellationToken">Stops waiting; the blob may be stored nevertheless.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorKind.BlobTooLarge"/>, <see cref="SyncErrorKind.OutboxFull"/>, <see cref="SyncErrorKind.LocalStore"/>.</exception>
    public Task<PushReceipt> PushAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>Largest blob, in bytes.</summary>
    public static int MaxBlobBytes => 1_032_187;

    /// <summary>
    /// The blobs of the other devices, past and live, each sender's in its order. Asking for the next item says that the one before is
    /// done: it does not come again, not after a restart either, unless the process ends inside the loop body. One reader at a time.
    /// </summary>
    public IAsyncEnumerable<SyncedBlob> ReadAsync(CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>
    /// Like <see cref="ReadAsync"/>, and ends when everything the relay has is handed over: the device is <see cref="SyncState.Synced"/>,
    /// own pushes not counted, and nothing waits. For programs that fetch and exit.
    /// </summary>
    /// <exception cref="SyncException">The relay cannot be reached, or something stands in the way of being synced.</exception>
    public IAsyncEnumerable<SyncedBlob> ReadToHeadAsync(CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>Waits until the outbox is empty, at most this long.</summary>
    /// <returns>Whether it became empty.</returns>
    public Task<bool> FlushAsync(TimeSpan timeout, CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>Asks the relay for the group's devices and opens their cards.</summary>
    public Task<IReadOnlyList<GroupDevice>> ListDevicesAsync(CancellationToken cancellationToken = default) => throw Closed();

    /// <summary>Ends the session and closes the store. Does not wait for the relay.</summary>
    public ValueTask DisposeAsync()
    {

        return ValueTask.CompletedTask;
    }

    private static SyncException Closed() => new(SyncErrorKind.WrongState, "This client is not open.");
}

using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using ZeroKSync.Transport.Ngtcp2.Admission;
using ZeroKSync.Transport.Ngtcp2.Connections;
using ZeroKSync.Transport.Ngtcp2.Interop;
using ZeroKSync.Transport.Ngtcp2.Streams;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>
/// The one thread that owns a socket, its connections and their timers. Others leave work with it: a connection waits in its queue at most
/// once, so the queue is as long as there are connections.
/// </summary>
internal sealed unsafe class QuicLoop : IAsyncDisposable
{
    private const int PostsPerRound = 1024;
    private const int TimersPerRound = 4096;
    private const int ForwardedMax = 4096;
    private const int IndexMask = Ngtcp2Options.MaxLoops - 1;
    private const byte LongHeader = 0x80;
    private const byte LongTypeMask = 0x30;

    private readonly LoopGroup _group;
    private readonly int _index;
    private readonly int _event;
    private readonly ConcurrentQueue<Ngtcp2Connection> _posted = new();
    private readonly ConcurrentQueue<Action> _controls = new();
    private readonly ConcurrentQueue<ForwardedDatagram> _forwarded = new();
    private readonly Dictionary<ConnectionIdKey, Ngtcp2Connection> _byId = [];
    private readonly Dictionary<UInt128, Ngtcp2Connection> _byResetToken = [];
    private readonly HashSet<Ngtcp2Connection> _connections = [];
    private readonly TimerHeap _timers = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StatelessReset _resets;
    private readonly byte[] _secret;
    private readonly Thread _thread;
    private List<Ngtcp2Connection> _dirty = [];
    private List<Ngtcp2Connection> _flushing = [];
    private bool _isStopping;
    private bool _isEventClosed;
    private int _isSleeping;
    private int _forwardedCount;

    /// <param name="socket">Owned from now on.</param>
    /// <param name="secret">Signs address tokens and stateless resets.</param>
    /// <param name="name">Of the thread.</param>
    public QuicLoop(LoopGroup group, int index, DatagramSocket socket, TlsCredentials credentials, Ngtcp2Options options, byte[] secret, string name)
    {
        _group = group;
        _index = index;
        _event = Libc.CreateEvent();
        _resets = new StatelessReset(this);
        Socket = socket;
        Credentials = credentials;
        Options = options;
        Qlogs = options.QlogDirectory is { } directory ? new QlogDirectory(directory) : null;
        _secret = secret;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    public Ngtcp2Options Options { get; }

    public DatagramSocket Socket { get; }

    public TlsCredentials Credentials { get; }

    /// <summary>What seals address tokens and makes reset tokens. A span: nobody keeps it, and nothing prints it.</summary>
    public ReadOnlySpan<byte> Secret => _secret;

    /// <summary>Null writes none.</summary>
    public QlogDirectory? Qlogs { get; }

    /// <summary>What takes a client's first packet; null for a loop that only connects. Set before the start.</summary>
    public Newcomers? Newcomers { get; set; }

    public int ConnectionCount => _connections.Count;

    /// <summary>Blocks of the send buffers of all its connections.</summary>
    public BlockPool Blocks { get; } = new();

    /// <summary>Monotonic time in ns.</summary>
    public static ulong Now() => (ulong)(Stopwatch.GetTimestamp() * (1_000_000_000L / Stopwatch.Frequency));

    public void Start() => _thread.Start();

    /// <summary>An id for a connection of this loop: random, but for the bits that lead its datagrams here.</summary>
    public ConnectionIdStruct NewId()
    {
        ConnectionIdStruct id = default;
        id.Length = Ngtcp2Connection.OwnIdBytes;
        FillId(new Span<byte>(id.Data, Ngtcp2Connection.OwnIdBytes));
        return id;
    }

    public void FillId(Span<byte> id)
    {
        RandomNumberGenerator.Fill(id);
        id[0] = (byte)((id[0] & ~IndexMask) | _index);
    }

    /// <summary>Has the thread look at a connection. Any thread.</summary>
    public void Post(Ngtcp2Connection connection)
    {
        _posted.Enqueue(connection);
        Wake();
    }

    /// <summary>Runs something on the thread; completes when that is done, or the loop is over. Any thread.</summary>
    public Task RunAsync(Action<QuicLoop> action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            action(this);
            done.TrySetResult();
        });
        return Task.WhenAny(done.Task, _ended.Task);
    }

    /// <summary>Runs something on the thread. Any thread; for the few calls that make or end things.</summary>
    public void Post(Action control)
    {
        _controls.Enqueue(control);
        Wake();
    }

    public void Add(Ngtcp2Connection connection) => _connections.Add(connection);

    public void Map(ConnectionIdKey id, Ngtcp2Connection connection) => _byId[id] = connection;

    public void Unmap(ConnectionIdKey id, Ngtcp2Connection connection)
    {
        if (_byId.TryGetValue(id, out Ngtcp2Connection? mapped) && mapped == connection)
            _byId.Remove(id);
    }

    public void MapResetToken(UInt128 token, Ngtcp2Connection connection) => _byResetToken[token] = connection;

    public void UnmapResetToken(UInt128 token) => _byResetToken.Remove(token);

    public void MarkDirty(Ngtcp2Connection connection)
    {
        if (connection.IsDirty)
            return;

        connection.IsDirty = true;
        _dirty.Add(connection);
    }

    public void SetTimer(Ngtcp2Connection connection, ulong dueAt) => _timers.Set(connection, dueAt);

    public void Remove(Ngtcp2Connection connection)
    {
        _timers.Remove(connection);
        _connections.Remove(connection);
        Newcomers?.Gone(connection);
    }

    /// <summary>Ends every connection and the thread.</summary>
    public ValueTask DisposeAsync()
    {
        Post(() => _isStopping = true);
        return new ValueTask(_ended.Task);
    }

    private void Run()
    {
        PollStruct* polls = stackalloc PollStruct[2];
        DatagramHandler handler = (datagram, length, path, ecn) => OnDatagram(datagram, length, path, ecn, isForwarded: false);
        // Where the last look at the socket left nothing, the next is the kernel's, in the sleep.
        bool isReadable = true;
        while (!_isStopping)
        {
            bool hasMore = isReadable && Socket.Receive(handler);
            RunForwarded();
            RunPosted();
            ulong now = Now();
            RunTimers(now);
            FlushDirty(now);
            Socket.Writer.Flush();
            isReadable = hasMore || HasWork || _isStopping || Sleep(polls);
        }

        End();
    }

    private bool HasWork => _dirty.Count > 0 || HasPosts;

    private bool HasPosts => !_posted.IsEmpty || !_controls.IsEmpty || !_forwarded.IsEmpty;

    private void RunPosted()
    {
        for (int i = 0; i < PostsPerRound && _controls.TryDequeue(out Action? control); i++)
            control();

        for (int i = 0; i < PostsPerRound && _posted.TryDequeue(out Ngtcp2Connection? connection); i++)
            connection.RunPosted();
    }

    private void RunTimers(ulong now)
    {
        for (int i = 0; i < TimersPerRound && _timers.TryTakeDue(now, out Ngtcp2Connection connection); i++)
            connection.OnTimer(now);
    }

    private void FlushDirty(ulong now)
    {
        (_dirty, _flushing) = (_flushing, _dirty);
        foreach (Ngtcp2Connection connection in _flushing)
            connection.Flush(now);

        _flushing.Clear();
    }

    // Until there is something to do; whether the socket may have something.
    private bool Sleep(PollStruct* polls)
    {
        // Nobody writes while this thread is awake; what woke it was not waiting for this.
        if ((polls[0].Returned & Libc.PollIn) != 0)
        {
            ulong drained;
            _ = Libc.read(_event, &drained, sizeof(ulong));
        }

        polls[0].Returned = 0;
        Volatile.Write(ref _isSleeping, 1);
        Interlocked.MemoryBarrier();
        // Posted between the look and the flag: its sender saw nobody asleep.
        bool isReadable = HasPosts;
        if (!isReadable)
        {
            ulong now = Now();
            ulong wait = _timers.Earliest <= now ? 0 : Math.Min(_timers.Earliest - now, 1_000_000_000);
            TimeStruct timeout = new() { Seconds = (long)(wait / 1_000_000_000), Nanoseconds = (long)(wait % 1_000_000_000) };
            polls[0] = new PollStruct { Descriptor = _event, Events = Libc.PollIn };
            polls[1] = new PollStruct { Descriptor = Socket.Descriptor, Events = Libc.PollIn };
            Libc.ppoll(polls, 2, &timeout, null);
            // An error that waits there is taken by a read as well.
            isReadable = polls[1].Returned != 0;
        }

        Volatile.Write(ref _isSleeping, 0);
        return isReadable;
    }

    private void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isSleeping) == 0 || Interlocked.Exchange(ref _isSleeping, 0) == 0)
            return;

        ulong one = 1;
        lock (_controls)
        {
            if (!_isEventClosed)
                _ = Libc.write(_event, &one, sizeof(ulong));
        }
    }

    private void End()
    {
        while (_controls.TryDequeue(out Action? control))
            control();

        ulong now = Now();
        foreach (Ngtcp2Connection connection in _connections.ToArray())
            connection.EndNow(now);

        Socket.Writer.Flush();
        foreach (Ngtcp2Connection connection in _connections.ToArray())
            connection.Forget();

        Socket.Dispose();
        lock (_controls)
        {
            _isEventClosed = true;
            _ = Libc.close(_event);
        }

        _ended.SetResult();
    }

    private void RunForwarded()
    {
        while (_forwarded.TryDequeue(out ForwardedDatagram datagram))
        {
            Interlocked.Decrement(ref _forwardedCount);
            NativePath held = datagram.Path;
            PathStruct path = NativePath.Pointing(&held);
            fixed (byte* bytes = datagram.Bytes)
                OnDatagram(bytes, datagram.Length, &path, datagram.Ecn, isForwarded: true);

            ArrayPool<byte>.Shared.Return(datagram.Bytes);
        }
    }

    private void OnDatagram(byte* datagram, int length, PathStruct* path, byte ecn, bool isForwarded)
    {
        if (length < 1 + Ngtcp2Connection.OwnIdBytes)
            return;

        if ((datagram[0] & LongHeader) == 0)
        {
            OnShortHeader(datagram, length, path, ecn, isForwarded);
            return;
        }

        VersionedIdsStruct ids;
        int result = Native.ngtcp2_pkt_decode_version_cid(&ids, datagram, (nuint)length, Ngtcp2Connection.OwnIdBytes);
        if (result == NativeError.VersionNegotiation)
            Newcomers?.NegotiateVersion(&ids, length, path);
        else if (result != 0 || ids.DestinationIdLength > ConnectionIdKey.LengthMax)
            return;
        else if (_byId.TryGetValue(ConnectionIdKey.Of(new ReadOnlySpan<byte>(ids.DestinationId, (int)ids.DestinationIdLength)), out Ngtcp2Connection? connection))
            connection.Read(datagram, length, path, ecn);
        else if ((datagram[0] & LongTypeMask) == 0)
            Newcomers?.Take(datagram, length, path, ecn);
        else if (!isForwarded && ids.DestinationIdLength == Ngtcp2Connection.OwnIdBytes)
            TryForward(ids.DestinationId[0], datagram, length, path, ecn);
    }

    private void OnShortHeader(byte* datagram, int length, PathStruct* path, byte ecn, bool isForwarded)
    {
        if (_byId.TryGetValue(ConnectionIdKey.Of(new ReadOnlySpan<byte>(datagram + 1, Ngtcp2Connection.OwnIdBytes)), out Ngtcp2Connection? connection))
            connection.Read(datagram, length, path, ecn);
        else if (!isForwarded && TryForward(datagram[1], datagram, length, path, ecn))
            return;
        else if (length >= StatelessReset.DatagramBytesMin && _byResetToken.TryGetValue(StatelessReset.TokenOf(datagram, length), out Ngtcp2Connection? reset))
            reset.Read(datagram, length, path, ecn);
        else if (Newcomers is not null)
            _resets.Send(datagram, length, path);
    }

    // True when another loop may know it. More than that loop can take are lost, as in a full socket buffer.
    private bool TryForward(byte firstIdByte, byte* datagram, int length, PathStruct* path, byte ecn)
    {
        int owner = firstIdByte & IndexMask;
        if (owner == _index || owner >= _group.Loops.Count)
            return false;

        QuicLoop other = _group.Loops[owner];
        if (Interlocked.Increment(ref other._forwardedCount) > ForwardedMax)
        {
            Interlocked.Decrement(ref other._forwardedCount);
            return true;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        new ReadOnlySpan<byte>(datagram, length).CopyTo(bytes);
        other._forwarded.Enqueue(new ForwardedDatagram(bytes, length, NativePath.Copy(path), ecn));
        other.Wake();
        return true;
    }
}

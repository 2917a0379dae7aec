using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
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
    private const int SecretBytes = 32;
    private const int PostsPerRound = 1024;
    private const int TimersPerRound = 4096;

    private readonly DatagramSocket _socket;
    private readonly TlsCredentials _credentials;
    private readonly int _event;
    private readonly ConcurrentQueue<Ngtcp2Connection> _posted = new();
    private readonly ConcurrentQueue<Action> _controls = new();
    private readonly Dictionary<ConnectionIdKey, Ngtcp2Connection> _byId = [];
    private readonly Dictionary<UInt128, Ngtcp2Connection> _byResetToken = [];
    private readonly HashSet<Ngtcp2Connection> _connections = [];
    private readonly TimerHeap _timers = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DatagramSocket.DatagramHandler _handler;
    private List<Ngtcp2Connection> _dirty = [];
    private List<Ngtcp2Connection> _flushing = [];
    private bool _isStopping;
    private bool _isEventClosed;
    private int _isSleeping;

    /// <param name="bind">Where to listen, or any free port for a client.</param>
    /// <param name="credentials">Owned from now on.</param>
    /// <param name="name">Of the thread.</param>
    /// <param name="secret">A listener's, if it outlives the process; empty for a new one.</param>
    public QuicLoop(IPEndPoint bind, TlsCredentials credentials, string name, ReadOnlyMemory<byte> secret = default)
    {
        _credentials = credentials;
        _socket = new DatagramSocket(bind);
        _event = Libc.CreateEvent();
        _handler = OnDatagram;
        Secret = secret.IsEmpty ? RandomNumberGenerator.GetBytes(SecretBytes) : secret.ToArray();
        new Thread(Run) { Name = name, IsBackground = true }.Start();
    }

    public IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    /// <summary>Completes when the thread is over.</summary>
    public Task Ended => _ended.Task;

    public DatagramSocket Socket => _socket;

    public TlsCredentials Credentials => _credentials;

    /// <summary>Signs address tokens and stateless resets.</summary>
    public byte[] Secret { get; }

    /// <summary>What takes a client's first packet; null for a loop that only connects.</summary>
    public Newcomers? Newcomers { get; set; }

    public int ConnectionCount => _connections.Count;

    /// <summary>Blocks of the send buffers of all its connections.</summary>
    public BlockPool Blocks { get; } = new();

    /// <summary>Monotonic time in ns.</summary>
    public static ulong Now() => (ulong)(Stopwatch.GetTimestamp() * (1_000_000_000L / Stopwatch.Frequency));

    /// <summary>Has the thread look at a connection. Any thread.</summary>
    public void Post(Ngtcp2Connection connection)
    {
        _posted.Enqueue(connection);
        Wake();
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
        while (!_isStopping)
        {
            ulong now = Now();
            bool isBusy = _socket.Receive(_handler);
            isBusy |= RunPosted();
            now = Now();
            isBusy |= RunTimers(now);
            isBusy |= FlushDirty(now);
            _socket.Flush();
            if (!isBusy)
                Sleep(polls);
        }

        End();
    }

    private bool RunPosted()
    {
        bool isBusy = false;
        for (int i = 0; i < PostsPerRound && _controls.TryDequeue(out Action? control); i++)
        {
            isBusy = true;
            control();
        }

        for (int i = 0; i < PostsPerRound && _posted.TryDequeue(out Ngtcp2Connection? connection); i++)
        {
            isBusy = true;
            connection.RunPosted();
        }

        return isBusy;
    }

    private bool RunTimers(ulong now)
    {
        bool isBusy = false;
        for (int i = 0; i < TimersPerRound && _timers.TryTakeDue(now, out Ngtcp2Connection connection); i++)
        {
            isBusy = true;
            connection.OnTimer(now);
        }

        return isBusy;
    }

    private bool FlushDirty(ulong now)
    {
        if (_dirty.Count == 0)
            return false;

        (_dirty, _flushing) = (_flushing, _dirty);
        foreach (Ngtcp2Connection connection in _flushing)
            connection.Flush(now);

        _flushing.Clear();
        return true;
    }

    private void Sleep(PollStruct* polls)
    {
        polls[0].Returned = 0;
        Volatile.Write(ref _isSleeping, 1);
        Interlocked.MemoryBarrier();
        // Posted between the look and the flag: its sender saw nobody asleep.
        if (_posted.IsEmpty && _controls.IsEmpty)
        {
            ulong now = Now();
            ulong wait = _timers.Earliest <= now ? 0 : Math.Min(_timers.Earliest - now, 1_000_000_000);
            TimeStruct timeout = new() { Seconds = (long)(wait / 1_000_000_000), Nanoseconds = (long)(wait % 1_000_000_000) };
            polls[0] = new PollStruct { Descriptor = _event, Events = Libc.PollIn };
            polls[1] = new PollStruct { Descriptor = _socket.Descriptor, Events = Libc.PollIn };
            Libc.ppoll(polls, 2, &timeout, null);
        }

        Volatile.Write(ref _isSleeping, 0);
        if ((polls[0].Returned & Libc.PollIn) != 0)
        {
            ulong drained;
            _ = Libc.read(_event, &drained, sizeof(ulong));
        }
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

        _socket.Flush();
        foreach (Ngtcp2Connection connection in _connections.ToArray())
            connection.Forget();

        _socket.Dispose();
        _credentials.Dispose();
        lock (_controls)
        {
            _isEventClosed = true;
            _ = Libc.close(_event);
        }

        _ended.SetResult();
    }

    private void OnDatagram(byte* datagram, int length, void* from, uint fromLength)
    {
        if (length < 1 + Ngtcp2Connection.OwnIdBytes)
            return;

        PathStruct path = new() { Local = _socket.Local, Remote = new AddressStruct { Address = from, Length = fromLength } };
        bool isLongHeader = (datagram[0] & 0x80) != 0;
        if (!isLongHeader)
        {
            OnShortHeader(datagram, length, &path);
            return;
        }

        VersionedIdsStruct ids;
        int result = Native.ngtcp2_pkt_decode_version_cid(&ids, datagram, (nuint)length, Ngtcp2Connection.OwnIdBytes);
        if (result == NativeError.VersionNegotiation)
            Newcomers?.NegotiateVersion(&ids, length, &path);
        else if (result != 0 || ids.DestinationIdLength > ConnectionIdKey.LengthMax)
            return;
        else if (_byId.TryGetValue(ConnectionIdKey.Of(new ReadOnlySpan<byte>(ids.DestinationId, (int)ids.DestinationIdLength)), out Ngtcp2Connection? connection))
            connection.Read(datagram, length, &path);
        else
            Newcomers?.Take(datagram, length, &path);
    }

    private void OnShortHeader(byte* datagram, int length, PathStruct* path)
    {
        if (_byId.TryGetValue(ConnectionIdKey.Of(new ReadOnlySpan<byte>(datagram + 1, Ngtcp2Connection.OwnIdBytes)), out Ngtcp2Connection? connection))
            connection.Read(datagram, length, path);
        else if (length >= StatelessReset.DatagramBytesMin && _byResetToken.TryGetValue(StatelessReset.TokenOf(datagram, length), out Ngtcp2Connection? reset))
            reset.Read(datagram, length, path);
        else if (Newcomers is not null)
            StatelessReset.Send(this, datagram, length, path);
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ZeroKSync.TestKit.Impairment;

/// <summary>
/// Stands between one UDP client and a listener on loopback and does to their datagrams what its two links say. One thread of its own; what
/// waits is bounded.
/// </summary>
public sealed class ImpairmentProxy : IDisposable
{
    private const int WaitingMax = 16_384;
    private const int DatagramBytesMax = 65_536;
    private const int IdleMicroseconds = 2_000;

    private readonly Socket _front = Bound();
    private readonly IPEndPoint _listener;
    private readonly PriorityQueue<(byte[] Bytes, bool IsUp), TimeSpan> _waiting = new();
    private readonly byte[] _buffer = new byte[DatagramBytesMax];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<Socket> _retired = [];
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private Socket _back = Bound();
    private EndPoint? _client;
    private volatile bool _isStopping;

    /// <param name="seed">Of everything that is drawn.</param>
    public ImpairmentProxy(IPEndPoint listener, int seed)
    {
        _listener = listener;
        Up = new ImpairedLink(seed);
        Down = new ImpairedLink(seed + 1);
        _thread = new Thread(Run) { IsBackground = true, Name = "impairment proxy" };
        _thread.Start();
    }

    /// <summary>The address to connect to.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_front.LocalEndPoint!;

    /// <summary>From the client to the listener.</summary>
    public ImpairedLink Up { get; }

    /// <summary>From the listener to the client.</summary>
    public ImpairedLink Down { get; }

    /// <summary>Datagrams that arrived, both ways.</summary>
    public long Delivered { get; private set; }

    /// <summary>Sets both directions.</summary>
    public void Set(LinkFaults faults)
    {
        Up.Faults = faults;
        Down.Faults = faults;
    }

    /// <summary>
    /// Shows the client to the listener under a new address from its next datagram on, as a NAT does that forgot it. What the old address got
    /// and nobody has passed on is lost.
    /// </summary>
    public void Rebind()
    {
        lock (_gate)
        {
            // Disposed at the end: the thread may be waiting for it.
            _retired.Add(_back);
            _back = Bound();
        }
    }

    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
        _front.Dispose();
        _back.Dispose();
        _retired.ForEach(socket => socket.Dispose());
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false, ReceiveBufferSize = 4 << 20, SendBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Run()
    {
        while (!_isStopping)
        {
            Socket back;
            lock (_gate)
            {
                Take(_front, Up, isUp: true);
                Take(_back, Down, isUp: false);
                DeliverDue();
                back = _back;
            }

            AwaitWork(back);
        }
    }

    private void Take(Socket from, ImpairedLink link, bool isUp)
    {
        EndPoint sender = new IPEndPoint(IPAddress.Any, 0);
        while (from.Available > 0)
        {
            int length = from.ReceiveFrom(_buffer, ref sender);
            if (isUp)
                _client = sender;

            foreach (Delivery delivery in link.Decide(length, _clock.Elapsed))
            {
                if (_waiting.Count < WaitingMax)
                    _waiting.Enqueue((Copy(length, delivery.FlippedBit), isUp), delivery.At);
            }
        }
    }

    private byte[] Copy(int length, int? flippedBit)
    {
        byte[] bytes = _buffer[..length];
        if (flippedBit is { } bit)
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));

        return bytes;
    }

    private void DeliverDue()
    {
        while (_waiting.TryPeek(out (byte[] Bytes, bool IsUp) next, out TimeSpan at) && at <= _clock.Elapsed)
        {
            _waiting.Dequeue();
            Send(next.Bytes, next.IsUp);
        }
    }

    private void Send(byte[] bytes, bool isUp)
    {
        try
        {
            if (isUp)
                _back.SendTo(bytes, _listener);
            else if (_client is not null)
                _front.SendTo(bytes, _client);

            Delivered++;
        }
        catch (SocketException)
        {
            // A full buffer or a closed port: lost, as on any network.
        }
    }

    private void AwaitWork(Socket back)
    {
        int microseconds = IdleMicroseconds;
        if (_waiting.TryPeek(out _, out TimeSpan at))
            microseconds = (int)Math.Clamp((at - _clock.Elapsed).TotalMicroseconds, 0, IdleMicroseconds);

        var readable = new List<Socket> { _front, back };
        Socket.Select(readable, null, null, microseconds);
    }
}

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>
/// One UDP socket with its buffers: many datagrams per system call, and segmentation by the kernel both ways (GSO, GRO), which is what makes
/// QUIC cheap. Used by its loop's thread alone.
/// </summary>
internal sealed unsafe class DatagramSocket : IDisposable
{
    private const int ReceiveSlots = 16;
    private const int ReceiveSlotBytes = 65_536;
    private const int SendBytes = 512 << 10;
    private const int SendSlots = 256;
    private const int SegmentsMax = 64;
    private const int SegmentedBytesMax = 65_000;
    private const int KernelBufferBytes = 4 << 20;
    private const int ControlBytes = 64;
    private const int PatienceNanoseconds = 2_000_000;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly byte* _receiveBytes = (byte*)NativeMemory.Alloc(ReceiveSlots * ReceiveSlotBytes);
    private readonly MultiMessageStruct* _receiveSlots = (MultiMessageStruct*)NativeMemory.AllocZeroed(ReceiveSlots, (nuint)sizeof(MultiMessageStruct));
    private readonly byte* _sendBytes = (byte*)NativeMemory.Alloc(SendBytes);
    private readonly MultiMessageStruct* _sendSlots = (MultiMessageStruct*)NativeMemory.AllocZeroed(SendSlots, (nuint)sizeof(MultiMessageStruct));
    private readonly Batch* _batches = (Batch*)NativeMemory.AllocZeroed(SendSlots, (nuint)sizeof(Batch));
    private readonly NativeAddress* _local = (NativeAddress*)NativeMemory.AllocZeroed((nuint)sizeof(NativeAddress));
    private int _sendUsed;
    private int _batchCount;

    /// <exception cref="TransportException">The address cannot be bound.</exception>
    public DatagramSocket(IPEndPoint bind)
    {
        _socket = Bind(bind);
        _descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        *_local = NativeAddress.Of(LocalEndPoint);
        SetOption(Libc.LevelUdp, Libc.UdpGro, 1);
        SetOption(Libc.LevelIp, Libc.IpMtuDiscover, Libc.MtuProbe);
        if (bind.AddressFamily == AddressFamily.InterNetworkV6)
            SetOption(Libc.LevelIpv6, Libc.Ipv6MtuDiscover, Libc.MtuProbe);

        PrepareSlots();
    }

    /// <summary>Gets each datagram: its bytes, and the address it came from.</summary>
    public delegate void DatagramHandler(byte* datagram, int length, void* from, uint fromLength);

    public IPEndPoint LocalEndPoint { get; }

    public int Descriptor => _descriptor;

    /// <summary>This end of every path.</summary>
    public AddressStruct Local => new() { Address = &_local->Bytes, Length = _local->Length };

    /// <summary>Takes what has arrived, at most one call's worth; false when there was nothing.</summary>
    public bool Receive(DatagramHandler handler)
    {
        for (int i = 0; i < ReceiveSlots; i++)
        {
            _receiveSlots[i].Header.NameLength = (uint)sizeof(SocketAddressV6);
            _receiveSlots[i].Header.ControlLength = ControlBytes;
        }

        int count = Libc.recvmmsg(_descriptor, _receiveSlots, ReceiveSlots, Libc.DontWait, null);
        for (int i = 0; i < count; i++)
        {
            ref MessageHeaderStruct header = ref _receiveSlots[i].Header;
            byte* bytes = _receiveBytes + (i * ReceiveSlotBytes);
            int length = (int)_receiveSlots[i].Length;
            int segment = SegmentLength((byte*)header.Control, header.ControlLength) is > 0 and int told ? told : length;
            for (int at = 0; at < length; at += segment)
                handler(bytes + at, Math.Min(segment, length - at), header.Name, header.NameLength);
        }

        return count > 0;
    }

    /// <summary>Room for one datagram, until <see cref="Commit"/> or the next call.</summary>
    public byte* Reserve(int length)
    {
        if (_sendUsed + length > SendBytes || _batchCount == SendSlots)
            Flush();

        return _sendBytes + _sendUsed;
    }

    /// <summary>The reserved room holds a datagram; datagrams of one size to one peer leave as one.</summary>
    public void Commit(int length, void* to, uint toLength, bool mayJoin = true)
    {
        if (mayJoin && _batchCount > 0 && TryJoin(length, to, toLength))
            return;

        Batch* batch = _batches + _batchCount++;
        *batch = new Batch { Offset = _sendUsed, Length = length, Segment = length, Count = 1, To = NativeAddress.Copy(to, toLength), IsComplete = !mayJoin };
        _sendUsed += length;
    }

    public void Send(ReadOnlySpan<byte> datagram, void* to, uint toLength)
    {
        datagram.CopyTo(new Span<byte>(Reserve(datagram.Length), datagram.Length));
        Commit(datagram.Length, to, toLength, mayJoin: false);
    }

    /// <summary>Hands everything to the kernel. What it does not take is lost, as on any network.</summary>
    public void Flush()
    {
        for (int i = 0; i < _batchCount; i++)
            Prepare(_sendSlots + i, _batches + i);

        for (int at = 0; at < _batchCount;)
        {
            int sent = Libc.sendmmsg(_descriptor, _sendSlots + at, (uint)(_batchCount - at), 0);
            if (sent > 0)
                at += sent;
            else if (Marshal.GetLastPInvokeError() != Libc.TryAgain || !WaitWritable())
                at++;
        }

        _batchCount = 0;
        _sendUsed = 0;
    }

    public void Dispose()
    {
        _socket.Dispose();
        for (int i = 0; i < ReceiveSlots; i++)
        {
            NativeMemory.Free(_receiveSlots[i].Header.Vector);
            NativeMemory.Free(_receiveSlots[i].Header.Name);
            NativeMemory.Free(_receiveSlots[i].Header.Control);
        }

        for (int i = 0; i < SendSlots; i++)
        {
            NativeMemory.Free(_sendSlots[i].Header.Vector);
            NativeMemory.Free(_sendSlots[i].Header.Control);
        }

        NativeMemory.Free(_receiveBytes);
        NativeMemory.Free(_receiveSlots);
        NativeMemory.Free(_sendBytes);
        NativeMemory.Free(_sendSlots);
        NativeMemory.Free(_batches);
        NativeMemory.Free(_local);
    }

    private static Socket Bind(IPEndPoint bind)
    {
        var socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false, ReceiveBufferSize = KernelBufferBytes, SendBufferSize = KernelBufferBytes };
        try
        {
            if (bind.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = bind.Address.Equals(IPAddress.IPv6Any);

            socket.Bind(bind);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? new TransportException(TransportErrorKind.AddressInUse, $"Port {bind.Port} is already in use. Stop the other listener or choose another port.", exception)
                : new TransportException(TransportErrorKind.AddressUnavailable, $"UDP port {bind.Port} cannot be bound on this machine: {exception.SocketErrorCode}.", exception);
        }
    }

    private void PrepareSlots()
    {
        for (int i = 0; i < ReceiveSlots; i++)
        {
            ref MessageHeaderStruct header = ref _receiveSlots[i].Header;
            header.Vector = (IoVectorStruct*)NativeMemory.AllocZeroed((nuint)sizeof(IoVectorStruct));
            header.Vector->Base = _receiveBytes + (i * ReceiveSlotBytes);
            header.Vector->Length = ReceiveSlotBytes;
            header.VectorLength = 1;
            header.Name = NativeMemory.AllocZeroed((nuint)sizeof(SocketAddressV6));
            header.Control = NativeMemory.AllocZeroed(ControlBytes);
        }

        for (int i = 0; i < SendSlots; i++)
        {
            ref MessageHeaderStruct header = ref _sendSlots[i].Header;
            header.Vector = (IoVectorStruct*)NativeMemory.AllocZeroed((nuint)sizeof(IoVectorStruct));
            header.VectorLength = 1;
            header.Control = NativeMemory.AllocZeroed(ControlBytes);
        }
    }

    private bool TryJoin(int length, void* to, uint toLength)
    {
        Batch* last = _batches + _batchCount - 1;
        bool fits = !last->IsComplete
            && length <= last->Segment
            && last->Count < SegmentsMax
            && last->Length + length <= SegmentedBytesMax
            && last->To.Length == toLength
            && new ReadOnlySpan<byte>(&last->To.Bytes, (int)toLength).SequenceEqual(new ReadOnlySpan<byte>(to, (int)toLength));
        if (!fits)
            return false;

        last->Length += length;
        last->Count++;
        // A shorter one can only be the last segment.
        last->IsComplete = length < last->Segment;
        _sendUsed += length;
        return true;
    }

    private void Prepare(MultiMessageStruct* slot, Batch* batch)
    {
        ref MessageHeaderStruct header = ref slot->Header;
        header.Name = &batch->To.Bytes;
        header.NameLength = batch->To.Length;
        header.Vector->Base = _sendBytes + batch->Offset;
        header.Vector->Length = (nuint)batch->Length;
        header.ControlLength = 0;
        if (batch->Count == 1)
            return;

        // cmsghdr { size_t length; int level; int type; } and a u16, padded to 24.
        byte* control = (byte*)header.Control;
        *(nuint*)control = 18;
        *(int*)(control + 8) = Libc.LevelUdp;
        *(int*)(control + 12) = Libc.UdpSegment;
        *(ushort*)(control + 16) = (ushort)batch->Segment;
        header.ControlLength = 24;
    }

    private static int SegmentLength(byte* control, nuint length) =>
        length >= 20 && *(int*)(control + 8) == Libc.LevelUdp && *(int*)(control + 12) == Libc.UdpGro ? *(int*)(control + 16) : 0;

    private bool WaitWritable()
    {
        PollStruct poll = new() { Descriptor = _descriptor, Events = Libc.PollOut };
        TimeStruct patience = new() { Nanoseconds = PatienceNanoseconds };
        return Libc.ppoll(&poll, 1, &patience, null) > 0;
    }

    private void SetOption(int level, int name, int value) => Libc.setsockopt(_descriptor, level, name, &value, sizeof(int));

    private struct Batch
    {
        public int Offset;
        public int Length;
        public int Segment;
        public int Count;
        public bool IsComplete;
        public NativeAddress To;
    }
}

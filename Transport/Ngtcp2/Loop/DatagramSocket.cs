using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>One UDP socket, bound and set up, with its reader and writer. Used by its loop's thread alone.</summary>
internal sealed unsafe class DatagramSocket : IDisposable
{
    private const int KernelBufferBytes = 4 << 20;

    private readonly Socket _socket;
    private readonly DatagramReader _reader;
    private readonly NativeAddress* _local = (NativeAddress*)NativeMemory.AllocZeroed((nuint)sizeof(NativeAddress));

    /// <param name="bind">Where to listen, or any free port for a client.</param>
    /// <param name="isListener">A wildcard listener answers from the address it was asked at.</param>
    /// <param name="share">Whether the port is shared with sockets bound before.</param>
    /// <exception cref="TransportException">The address cannot be bound.</exception>
    public DatagramSocket(IPEndPoint bind, DatagramMode mode, bool isListener = false, bool share = false)
    {
        _socket = Bind(bind, share);
        Descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        *_local = NativeAddress.Of(LocalEndPoint);
        bool isV6 = bind.AddressFamily == AddressFamily.InterNetworkV6;
        SetOption(Libc.LevelIp, Libc.IpMtuDiscover, Libc.MtuProbe);
        SetOption(Libc.LevelIp, Libc.IpReceiveTypeOfService, 1);
        if (isV6)
        {
            SetOption(Libc.LevelIpv6, Libc.Ipv6MtuDiscover, Libc.MtuProbe);
            SetOption(Libc.LevelIpv6, Libc.Ipv6ReceiveTrafficClass, 1);
        }

        bool namesLocal = isListener && (bind.Address.Equals(IPAddress.Any) || bind.Address.Equals(IPAddress.IPv6Any));
        if (namesLocal)
            SetOption(isV6 ? Libc.LevelIpv6 : Libc.LevelIp, isV6 ? Libc.Ipv6ReceivePacketInfo : Libc.IpPacketInfo, 1);

        DatagramMode chosen = Choose(mode);
        _reader = new DatagramReader(Descriptor, *_local, isSingle: chosen == DatagramMode.Single);
        Writer = new DatagramWriter(Descriptor, namesLocal, chosen);
    }

    public IPEndPoint LocalEndPoint { get; }

    public int Descriptor { get; }

    public DatagramWriter Writer { get; }

    /// <summary>This end of a path that begins here.</summary>
    public AddressStruct Local => new() { Address = &_local->Bytes, Length = _local->Length };

    /// <inheritdoc cref="DatagramReader.Receive"/>
    public bool Receive(DatagramHandler handler) => _reader.Receive(handler);

    /// <summary>
    /// Lets further sockets share the port. Only now: the first is bound without, so that a port somebody else has, or shares, is refused.
    /// </summary>
    public void AllowSharing() => SetOption(Libc.LevelSocket, Libc.ReusePort, 1);

    public void Dispose()
    {
        _socket.Dispose();
        _reader.Dispose();
        Writer.Dispose();
        NativeMemory.Free(_local);
    }

    private static Socket Bind(IPEndPoint bind, bool share)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false, ReceiveBufferSize = KernelBufferBytes, SendBufferSize = KernelBufferBytes };
            if (bind.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = bind.Address.Equals(IPAddress.IPv6Any);

            int one = 1;
            if (share)
                Libc.setsockopt((int)socket.SafeHandle.DangerousGetHandle(), Libc.LevelSocket, Libc.ReusePort, &one, sizeof(int));

            socket.Bind(bind);
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? new TransportException(TransportErrorKind.AddressInUse, $"Port {bind.Port} is already in use. Stop the other listener or choose another port.", exception)
                : new TransportException(TransportErrorKind.AddressUnavailable, $"UDP port {bind.Port} cannot be bound on this machine: {exception.SocketErrorCode}.", exception);
        }
    }

    private DatagramMode Choose(DatagramMode wanted)
    {
        if (wanted is DatagramMode.Batched or DatagramMode.Single)
            return wanted;

        // A kernel that cannot cut does not know the option either. 0 leaves datagrams without the ancillary size alone.
        bool canSegment = SetOption(Libc.LevelUdp, Libc.UdpSegment, 0);
        if (canSegment)
            SetOption(Libc.LevelUdp, Libc.UdpGro, 1);

        return canSegment ? DatagramMode.Segmented : DatagramMode.Batched;
    }

    private bool SetOption(int level, int name, int value) => Libc.setsockopt(Descriptor, level, name, &value, sizeof(int)) == 0;
}

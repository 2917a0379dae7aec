using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>
/// The ancillary data of a datagram (<c>cmsg(3)</c>, 64-bit Linux): segment size, the local address it came to or leaves from, and its ECN bits.
/// </summary>
internal static unsafe class ControlMessages
{
    /// <summary>Room for every kind at once.</summary>
    public const int RoomBytes = 128;

    private const int HeaderBytes = 16;
    private const int EcnMask = 3;
    private const int Packet4Bytes = 12;
    private const int Packet6Bytes = 20;
    private const int Family4 = 2;

    /// <summary>Reads what came with a datagram; what is not there keeps its value.</summary>
    /// <param name="segmentBytes">Size of the datagrams that the kernel joined.</param>
    /// <param name="local">Gets the address, keeps the port.</param>
    public static void Read(byte* control, nuint length, ref int segmentBytes, NativeAddress* local, ref byte ecn)
    {
        // cmsghdr { size_t length; int level; int type; }, each aligned to 8.
        for (nuint at = 0; at + HeaderBytes <= length;)
        {
            nuint own = *(nuint*)(control + at);
            if (own < HeaderBytes || own > length - at)
                return;

            byte* data = control + at + HeaderBytes;
            switch (*(int*)(control + at + 8), *(int*)(control + at + 12))
            {
                case (Libc.LevelUdp, Libc.UdpGro):
                    segmentBytes = *(int*)data;
                    break;
                case (Libc.LevelIp, Libc.IpPacketInfo):
                    // in_pktinfo { int interface; in_addr local; in_addr destination; }
                    ((SocketAddressV4*)&local->Bytes)->Address = *(uint*)(data + 8);
                    break;
                case (Libc.LevelIpv6, Libc.Ipv6PacketInfo):
                    new ReadOnlySpan<byte>(data, 16).CopyTo(new Span<byte>(local->Bytes.Address, 16));
                    break;
                case (Libc.LevelIp, Libc.IpTypeOfService):
                    ecn = (byte)(*data & EcnMask);
                    break;
                case (Libc.LevelIpv6, Libc.Ipv6TrafficClass):
                    ecn = (byte)(*(int*)data & EcnMask);
                    break;
            }

            at += Align(own);
        }
    }

    /// <summary>Writes what a datagram is to leave with; returns how many bytes that takes.</summary>
    /// <param name="segmentBytes">0 for a datagram by itself.</param>
    /// <param name="local">Null where the socket has one address only.</param>
    /// <param name="ecn">0 for not ECN-capable.</param>
    public static nuint Write(byte* control, int segmentBytes, NativeAddress* local, NativeAddress* remote, byte ecn)
    {
        nuint at = 0;
        if (segmentBytes > 0)
            *(ushort*)Begin(control, ref at, Libc.LevelUdp, Libc.UdpSegment, sizeof(ushort)) = (ushort)segmentBytes;

        if (local is not null && local->Bytes.Family == Family4)
        {
            byte* data = Begin(control, ref at, Libc.LevelIp, Libc.IpPacketInfo, Packet4Bytes);
            *(uint*)(data + 4) = ((SocketAddressV4*)&local->Bytes)->Address;
        }
        else if (local is not null)
        {
            byte* data = Begin(control, ref at, Libc.LevelIpv6, Libc.Ipv6PacketInfo, Packet6Bytes);
            new ReadOnlySpan<byte>(local->Bytes.Address, 16).CopyTo(new Span<byte>(data, 16));
        }

        if (ecn != 0 && IsV4(remote))
            *(int*)Begin(control, ref at, Libc.LevelIp, Libc.IpTypeOfService, sizeof(int)) = ecn;
        else if (ecn != 0)
            *(int*)Begin(control, ref at, Libc.LevelIpv6, Libc.Ipv6TrafficClass, sizeof(int)) = ecn;

        return at;
    }

    // IPv4 over an IPv6 socket takes IPv4's options.
    private static bool IsV4(NativeAddress* remote) =>
        remote->Bytes.Family == Family4
        || (remote->Bytes.Address[0] == 0 && remote->Bytes.Address[1] == 0 && remote->Bytes.Address[2] == 0xffff0000);

    private static byte* Begin(byte* control, ref nuint at, int level, int type, int dataBytes)
    {
        byte* message = control + at;
        nuint own = HeaderBytes + (nuint)dataBytes;
        new Span<byte>(message, (int)Align(own)).Clear();
        *(nuint*)message = own;
        *(int*)(message + 8) = level;
        *(int*)(message + 12) = type;
        at += Align(own);
        return message + HeaderBytes;
    }

    private static nuint Align(nuint length) => (length + 7) & ~(nuint)7;
}

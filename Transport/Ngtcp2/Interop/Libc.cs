using System.Runtime.InteropServices;

namespace ZeroKSync.Transport.Ngtcp2.Interop;

/// <summary>The system calls of the datagram loop (Linux).</summary>
internal static unsafe partial class Libc
{
    public const int DontWait = 0x40;
    public const int InputOutput = 5;
    public const int TryAgain = 11;
    public const int InvalidArgument = 22;
    public const int NotImplemented = 38;
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const int LevelIp = 0;
    public const int LevelSocket = 1;
    public const int LevelUdp = 17;
    public const int LevelIpv6 = 41;
    public const int UdpSegment = 103;
    public const int UdpGro = 104;
    public const int IpMtuDiscover = 10;
    public const int Ipv6MtuDiscover = 23;
    public const int IpTypeOfService = 1;
    public const int IpPacketInfo = 8;
    public const int IpReceiveTypeOfService = 13;
    public const int ReusePort = 15;
    public const int Ipv6ReceivePacketInfo = 49;
    public const int Ipv6PacketInfo = 50;
    public const int Ipv6ReceiveTrafficClass = 66;
    public const int Ipv6TrafficClass = 67;

    /// <summary>Sets DF without the kernel's own path MTU cache: the engine probes by itself.</summary>
    public const int MtuProbe = 3;

    private const string Library = "libc";
    private const int EventNonBlocking = 0x800;
    private const int EventCloseOnExec = 0x80000;

    public static int CreateEvent() => eventfd(0, EventNonBlocking | EventCloseOnExec);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int recvmmsg(int descriptor, MultiMessageStruct* messages, uint count, int flags, TimeStruct* timeout);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int sendmmsg(int descriptor, MultiMessageStruct* messages, uint count, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint recvmsg(int descriptor, MessageHeaderStruct* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint sendmsg(int descriptor, MessageHeaderStruct* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int ppoll(PollStruct* descriptors, nuint count, TimeStruct* timeout, void* signals);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint write(int descriptor, void* data, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint read(int descriptor, void* data, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setsockopt(int descriptor, int level, int name, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);
}

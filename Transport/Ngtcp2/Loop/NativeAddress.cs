using System.Net;
using System.Net.Sockets;
using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>A socket address in native memory, the form in which the engine names paths.</summary>
internal struct NativeAddress
{
    public SocketAddressV6 Bytes;
    public uint Length;

    public static unsafe NativeAddress Of(IPEndPoint endPoint)
    {
        SocketAddress serialized = endPoint.Serialize();
        NativeAddress address = default;
        address.Length = (uint)serialized.Size;
        serialized.Buffer.Span[..serialized.Size].CopyTo(new Span<byte>(&address.Bytes, sizeof(SocketAddressV6)));
        return address;
    }

    public static unsafe NativeAddress Copy(void* address, uint length)
    {
        NativeAddress copy = default;
        copy.Length = length;
        new ReadOnlySpan<byte>(address, (int)length).CopyTo(new Span<byte>(&copy.Bytes, sizeof(SocketAddressV6)));
        return copy;
    }

    public readonly unsafe bool IsSame(AddressStruct* other)
    {
        fixed (SocketAddressV6* bytes = &Bytes)
            return Length == other->Length && new ReadOnlySpan<byte>(bytes, (int)Length).SequenceEqual(new ReadOnlySpan<byte>(other->Address, (int)Length));
    }

    /// <summary>IPv4 addresses that came over an IPv6 socket are shown as IPv4.</summary>
    public readonly unsafe IPEndPoint ToEndPoint()
    {
        fixed (SocketAddressV6* bytes = &Bytes)
        {
            bool isV4 = bytes->Family == 2;
            var serialized = new SocketAddress(isV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, (int)Length);
            new ReadOnlySpan<byte>(bytes, (int)Length).CopyTo(serialized.Buffer.Span);
            var endPoint = (IPEndPoint)new IPEndPoint(isV4 ? IPAddress.Any : IPAddress.IPv6Any, 0).Create(serialized);
            return endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace ZeroKSync.Transport.Admission;

/// <summary>What counts as one address: an IPv4 address, or the 64 bits of an IPv6 network, because its hosts have the rest for the taking.</summary>
internal readonly record struct AddressKey(ulong Network, bool IsV6)
{
    public static AddressKey Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        plain.TryWriteBytes(bytes, out _);
        bool isV6 = plain.AddressFamily == AddressFamily.InterNetworkV6;
        return new AddressKey(isV6 ? BitConverter.ToUInt64(bytes) : BitConverter.ToUInt32(bytes), isV6);
    }
}

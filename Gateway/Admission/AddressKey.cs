using System.Net;
using System.Net.Sockets;

namespace ZeroKSync.Gateway.Admission;

/// <summary>
/// Whom an address stands for. A network gives each customer a whole /64 of IPv6 (RFC 6177), so its half is what limits count by; IPv4 counts
/// as it is, in either notation.
/// </summary>
internal readonly record struct AddressKey(ulong High, uint V4)
{
    public static AddressKey Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? new AddressKey(0, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new AddressKey(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes), 0);
    }
}

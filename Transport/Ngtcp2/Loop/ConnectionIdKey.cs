using ZeroKSync.Transport.Ngtcp2.Interop;

namespace ZeroKSync.Transport.Ngtcp2.Loop;

/// <summary>A connection id as a dictionary key: 0 to 20 bytes (RFC 9000 section 17.2).</summary>
internal readonly record struct ConnectionIdKey(ulong First, ulong Second, uint Third, int Length)
{
    public const int LengthMax = 20;

    public static ConnectionIdKey Of(ReadOnlySpan<byte> id)
    {
        Span<byte> padded = stackalloc byte[24];
        padded.Clear();
        id.CopyTo(padded);
        return new ConnectionIdKey(BitConverter.ToUInt64(padded), BitConverter.ToUInt64(padded[8..]), BitConverter.ToUInt32(padded[16..]), id.Length);
    }

    public static unsafe ConnectionIdKey Of(ConnectionIdStruct* id) => Of(new ReadOnlySpan<byte>(id->Data, (int)id->Length));

    /// <summary>Seeded per process: peers choose the first id of a connection.</summary>
    public override int GetHashCode() => HashCode.Combine(First, Second, Third, Length);
}

namespace ZeroKSync.Protocol;

/// <summary>A rendezvous at a relay: an invite or a short code.</summary>
public readonly record struct LookupId(Bytes16 Value)
{
    /// <summary>How many bytes it has.</summary>
    public const int Size = Bytes16.Size;

    /// <summary>Takes exactly <see cref="Size"/> bytes.</summary>
    public static LookupId Read(ReadOnlySpan<byte> bytes) => new(Bytes16.Read(bytes));

    /// <summary>Reads hex digits, two a byte.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> hex, out LookupId id)
    {
        bool read = Bytes16.TryParseHex(hex, out Bytes16 value);
        id = new LookupId(value);
        return read;
    }

    /// <summary>Writes the bytes.</summary>
    public void CopyTo(Span<byte> destination) => Value.CopyTo(destination);

    /// <summary>A new array of the bytes.</summary>
    public byte[] ToArray() => Value.ToArray();

    /// <summary>Lower-case hex, for people and keys; not for logs.</summary>
    public string ToHex() => Value.ToHex();

    /// <summary>Never the id itself: an id must not reach a log by accident.</summary>
    public override string ToString() => "LookupId[redacted]";
}

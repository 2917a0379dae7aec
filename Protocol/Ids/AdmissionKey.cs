namespace ZeroKSync.Protocol;

/// <summary>An Ed25519 public key whose secret half only members of an epoch can derive.</summary>
public readonly record struct AdmissionKey(Bytes32 Value)
{
    /// <summary>How many bytes it has.</summary>
    public const int Size = Bytes32.Size;

    /// <summary>Takes exactly <see cref="Size"/> bytes.</summary>
    public static AdmissionKey Read(ReadOnlySpan<byte> bytes) => new(Bytes32.Read(bytes));

    /// <summary>Reads hex digits, two a byte.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> hex, out AdmissionKey id)
    {
        bool read = Bytes32.TryParseHex(hex, out Bytes32 value);
        id = new AdmissionKey(value);
        return read;
    }

    /// <summary>Writes the bytes.</summary>
    public void CopyTo(Span<byte> destination) => Value.CopyTo(destination);

    /// <summary>A new array of the bytes.</summary>
    public byte[] ToArray() => Value.ToArray();

    /// <summary>Lower-case hex, for people and keys; not for logs.</summary>
    public string ToHex() => Value.ToHex();

    /// <summary>Never the id itself: an id must not reach a log by accident.</summary>
    public override string ToString() => "AdmissionKey[redacted]";
}

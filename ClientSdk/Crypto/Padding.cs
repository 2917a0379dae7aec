using System.Buffers.Binary;
using System.Numerics;

namespace ZeroKSync.Client.Crypto;

/// <summary>
/// <c>type u8 | length u32 | payload | zeros</c> up to PADME of the whole, at least 32 bytes: a length tells at most 12 % of itself
/// (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019).
/// </summary>
internal static class Padding
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 1 + sizeof(uint);

    /// <summary>Largest padded plaintext.</summary>
    public const int PaddedBytesMax = 1_032_192;

    /// <summary>Largest payload that pads to at most <see cref="PaddedBytesMax"/>, which is a PADME length itself.</summary>
    public const int PayloadBytesMax = PaddedBytesMax - HeaderBytes;

    private const int PaddedBytesMin = 32;

    public static int PaddedLength(int payloadLength) => Math.Max(PaddedBytesMin, Padme(HeaderBytes + payloadLength));

    public static void Write(BlobType type, ReadOnlySpan<byte> payload, Span<byte> padded)
    {
        padded[0] = (byte)type;
        BinaryPrimitives.WriteUInt32BigEndian(padded[1..], (uint)payload.Length);
        payload.CopyTo(padded[HeaderBytes..]);
        padded[(HeaderBytes + payload.Length)..].Clear();
    }

    /// <summary>False for anything that <see cref="Write"/> would not have written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> padded, out BlobType type, out int payloadLength)
    {
        type = default;
        payloadLength = 0;
        if (padded.Length is < PaddedBytesMin or > PaddedBytesMax)
            return false;

        uint length = BinaryPrimitives.ReadUInt32BigEndian(padded[1..]);
        if (length > padded.Length - HeaderBytes || PaddedLength((int)length) != padded.Length)
            return false;

        type = (BlobType)padded[0];
        payloadLength = (int)length;
        return !padded[(HeaderBytes + payloadLength)..].ContainsAnyExcept((byte)0);
    }

    private static int Padme(int length)
    {
        int exponent = BitOperations.Log2((uint)length);
        int fraction = BitOperations.Log2((uint)exponent) + 1;
        int mask = (1 << (exponent - fraction)) - 1;
        return (length + mask) & ~mask;
    }
}

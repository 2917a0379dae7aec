using System.Buffers.Binary;

namespace ZeroKSync.Protocol.Framing;

/// <summary>The length that stands before every frame's body: <c>u32</c>, big-endian.</summary>
public static class FrameHeader
{
    public const int Size = sizeof(uint);

    /// <summary>Writes the length of a body.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public static void Write(Span<byte> destination, int bodyLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bodyLength);
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)bodyLength);
    }

    /// <summary>Reads a length and says whether it is within the bounds, before anything is allocated for it.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    /// <param name="bodyBytesMax">Largest length that is accepted.</param>
    /// <param name="bodyLength">The length, if it is.</param>
    public static bool TryRead(ReadOnlySpan<byte> source, int bodyBytesMax, out int bodyLength)
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian(source);
        bool isAccepted = length <= (uint)bodyBytesMax;
        bodyLength = isAccepted ? (int)length : 0;
        return isAccepted;
    }
}

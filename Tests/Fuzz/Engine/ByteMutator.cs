using System.Buffers.Binary;

namespace ZeroKSync.Tests.Fuzz.Engine;

/// <summary>Changes bytes without knowing what they mean.</summary>
internal static class ByteMutator
{
    private static readonly byte[] Borders = [0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xfe, 0xff];
    private static readonly uint[] Lengths = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x0010_0000, 0x0010_1000, 0x0010_1001];

    /// <summary>One to four changes.</summary>
    /// <param name="other">Something of the same kind, to take a piece from.</param>
    public static byte[] Mutate(Random random, byte[] input, byte[] other)
    {
        byte[] mutated = [.. input];
        for (int changes = random.Next(1, 5); changes > 0; changes--)
            mutated = Change(random, mutated, other);

        return mutated;
    }

    public static byte[] Noise(Random random, int lengthMax)
    {
        byte[] noise = new byte[random.Next(lengthMax + 1)];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] Change(Random random, byte[] bytes, byte[] other)
    {
        if (bytes.Length == 0)
            return Noise(random, 16);

        int at = random.Next(bytes.Length);
        int length = random.Next(1, Math.Min(bytes.Length - at, 64) + 1);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = Borders[random.Next(Borders.Length)];
                return bytes;
            case 2:
                random.NextBytes(bytes.AsSpan(at, length));
                return bytes;
            case 3:
                return bytes[..at];
            case 4:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
            case 5:
                return [.. bytes.AsSpan(0, at + length), .. bytes.AsSpan(at)];
            case 6:
                return [.. bytes.AsSpan(0, at), .. Noise(random, 64), .. bytes.AsSpan(at)];
            case 7:
                int from = random.Next(other.Length + 1);
                return [.. bytes.AsSpan(0, at), .. other.AsSpan(from, random.Next(other.Length - from + 1))];
            default:
                if (bytes.Length - at >= sizeof(uint))
                    BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), Lengths[random.Next(Lengths.Length)]);

                return bytes;
        }
    }
}

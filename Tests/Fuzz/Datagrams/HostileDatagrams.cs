using System.Buffers.Binary;
using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.Datagrams;

/// <summary>Datagrams out of what was seen on the path: changed where QUIC's headers have a meaning (RFC 9000 section 17), put together, repeated, or made up.</summary>
internal static class HostileDatagrams
{
    private const int InitialBytesMin = 1_200;
    private const int DatagramBytesMax = 1_452;
    private const int VersionOffset = 1;
    private const int DestinationIdOffset = VersionOffset + sizeof(uint) + 1;
    private static readonly uint[] Versions = [0, 1, 2, 0x6b33_43cf, 0x0a0a_0a0a, 0xff00_001d, 0xffff_ffff];

    public static byte[] Make(Random random, byte[][] seen)
    {
        byte[] one = seen.Length > 0 ? seen[random.Next(seen.Length)] : [];
        byte[] other = seen.Length > 0 ? seen[random.Next(seen.Length)] : [];
        byte[] made = random.Next(10) switch
        {
            0 => one,
            1 => [.. one, .. other],
            2 => Noise(random, isLong: true),
            3 => Noise(random, isLong: false),
            4 => AsNewcomer(random, [.. one]),
            5 => WithHeader(random, [.. one]),
            6 => Padded(WithHeader(random, [.. one])),
            7 => Padded(Noise(random, isLong: true)),
            _ => ByteMutator.Mutate(random, one, other),
        };
        return made.Length > DatagramBytesMax ? made[..DatagramBytesMax] : made;
    }

    // Any type, a version that may be spoken, and lengths of ids that may be none.
    private static byte[] Noise(Random random, bool isLong)
    {
        byte[] noise = ByteMutator.Noise(random, DatagramBytesMax);
        if (noise.Length == 0)
            return noise;

        noise[0] = (byte)(isLong ? noise[0] | 0xc0 : (noise[0] & 0x7f) | 0x40);
        if (isLong && noise.Length > DestinationIdOffset)
        {
            BinaryPrimitives.WriteUInt32BigEndian(noise.AsSpan(VersionOffset), Versions[random.Next(Versions.Length)]);
            noise[DestinationIdOffset - 1] = (byte)random.Next(random.Next(4) == 0 ? 256 : 21);
        }

        return noise;
    }

    // With another id for its destination it is somebody new.
    private static byte[] AsNewcomer(Random random, byte[] datagram)
    {
        if (datagram.Length <= DestinationIdOffset || (datagram[0] & 0x80) == 0)
            return Padded(datagram);

        int length = Math.Min(datagram[DestinationIdOffset - 1], datagram.Length - DestinationIdOffset);
        random.NextBytes(datagram.AsSpan(DestinationIdOffset, length));
        datagram[0] = (byte)(0xc0 | (datagram[0] & 0x0f));
        return Padded(datagram);
    }

    private static byte[] WithHeader(Random random, byte[] datagram)
    {
        if (datagram.Length <= DestinationIdOffset)
            return datagram;

        switch (random.Next(5))
        {
            case 0:
                datagram[0] = (byte)random.Next(256);
                break;
            case 1:
                BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(VersionOffset), Versions[random.Next(Versions.Length)]);
                break;
            case 2:
                datagram[DestinationIdOffset - 1] = (byte)random.Next(256);
                break;
            case 3:
                int sourceLengthAt = DestinationIdOffset + datagram[DestinationIdOffset - 1];
                if (sourceLengthAt < datagram.Length)
                    datagram[sourceLengthAt] = (byte)random.Next(256);

                break;
            default:
                // Token length, length and packet number stand in what follows the ids.
                datagram[random.Next(DestinationIdOffset, Math.Min(datagram.Length, 64))] = (byte)random.Next(256);
                break;
        }

        return datagram;
    }

    private static byte[] Padded(byte[] datagram) =>
        datagram.Length >= InitialBytesMin ? datagram : [.. datagram, .. new byte[InitialBytesMin - datagram.Length]];
}

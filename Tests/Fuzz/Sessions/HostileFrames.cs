using System.Buffers.Binary;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Tests.Fuzz.WebSockets;

namespace ZeroKSync.Tests.Fuzz.Sessions;

/// <summary>WebSocket frames of a client, most of them right, with a hostile peer's messages of the multiplexer in them.</summary>
internal static class HostileFrames
{
    private const byte Final = 0x80;
    private const byte Masked = 0x80;
    private const byte Binary = 0x02;
    private static readonly byte[] Opcodes = [0x00, 0x01, 0x02, 0x03, 0x08, 0x09, 0x0a, 0x0f];
    private static readonly ulong[] Lengths = [0, 1, 125, 126, 65_535, 65_536, int.MaxValue, long.MaxValue, ulong.MaxValue];

    public static byte[] Make(Random random, int count)
    {
        var peer = new HostilePeer(random, isListener: false);
        var bytes = new List<byte>(Frame(random, random.Next(20) == 0 ? ByteMutator.Noise(random, 100) : peer.Settings()));
        for (; count > 0; count--)
            bytes.AddRange(Frame(random, peer.Message()));

        return [.. bytes];
    }

    private static byte[] Frame(Random random, byte[] payload)
    {
        bool isRight = random.Next(8) != 0;
        byte first = isRight ? (byte)(Final | Binary) : (byte)((random.Next(4) == 0 ? random.Next(256) : Final) | Opcodes[random.Next(Opcodes.Length)]);
        var frame = new List<byte> { first };
        bool isMasked = isRight || random.Next(3) != 0;
        WriteLength(frame, isMasked, random.Next(40) == 0 ? Lengths[random.Next(Lengths.Length)] : (ulong)payload.Length, random.Next(30) == 0);
        byte[] mask = new byte[4];
        random.NextBytes(mask);
        if (isMasked)
            frame.AddRange(mask);
        for (int i = 0; i < payload.Length; i++)
            frame.Add(isMasked ? (byte)(payload[i] ^ mask[i % mask.Length]) : payload[i]);

        return random.Next(40) == 0 ? ByteMutator.Mutate(random, [.. frame], [.. frame]) : [.. frame];
    }

    // The shortest form, or the longest where it should not be.
    private static void WriteLength(List<byte> frame, bool isMasked, ulong length, bool isLong)
    {
        byte mask = isMasked ? Masked : (byte)0;
        byte[] number = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(number, length);
        if (length < 126 && !isLong)
        {
            frame.Add((byte)(mask | (byte)length));
        }
        else if (length <= ushort.MaxValue && !isLong)
        {
            frame.Add((byte)(mask | 126));
            frame.AddRange(number[6..]);
        }
        else
        {
            frame.Add((byte)(mask | 127));
            frame.AddRange(number);
        }
    }
}

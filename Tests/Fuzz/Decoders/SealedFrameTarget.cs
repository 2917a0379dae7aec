using System.Buffers.Binary;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Session;
using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>
/// A stream of sealed frames, cut into reads of any size. Whatever was done to it, what opens is the beginning of what was sealed: a frame
/// out of its place, twice, of another stream or changed does not open.
/// </summary>
internal sealed class SealedFrameTarget : FuzzTarget
{
    private const int MessagesMax = 8;
    private static readonly byte[] Key = KnownGroup.Known(0x24, FrameCipher.KeyBytes);
    private static readonly byte[] OtherKey = KnownGroup.Known(0x25, FrameCipher.KeyBytes);
    private static readonly byte[][] Frames = Seal(Key);
    private static readonly byte[][] OfAnotherStream = Seal(OtherKey);

    public override string Name => "sealed-frames";

    public override byte[] Generate(Random random)
    {
        List<byte[]> stream = [.. Frames.Take(random.Next(1, MessagesMax + 1))];
        for (int changes = random.Next(0, 3); changes > 0; changes--)
        {
            int at = random.Next(stream.Count);
            stream[at] = random.Next(5) switch
            {
                0 => ByteMutator.Mutate(random, stream[at], stream[0]),
                1 => stream[random.Next(stream.Count)],
                2 => OfAnotherStream[Math.Min(at, MessagesMax - 1)],
                3 => WithLength(stream[at], (uint)random.Next(0, Limits.FrameBytes + 100)),
                _ => WithLength(stream[at], uint.MaxValue - (uint)random.Next(100)),
            };
        }

        return [.. stream.SelectMany(frame => frame)];
    }

    public override object? Take(byte[] input)
    {
        var opened = new List<byte[]>();
        var accumulator = new FrameAccumulator();
        using var opener = new FrameOpener(new FrameCipher(Key));
        var cut = new Random(input.Length);
        for (int at = 0; at < input.Length;)
        {
            Memory<byte> writable = accumulator.GetWritable();
            int count = Math.Min(Math.Min(writable.Length, input.Length - at), cut.Next(1, 3_000));
            input.AsMemory(at, count).CopyTo(writable);
            accumulator.Advance(count);
            at += count;
            while (accumulator.TryRead(Limits.FrameBytes, out Memory<byte> frame) is var status && status != FrameReadStatus.Incomplete)
            {
                if (status == FrameReadStatus.TooLong || !opener.TryOpenInPlace(frame, out ReadOnlyMemory<byte> message))
                    return opened;

                opened.Add(message.ToArray());
            }
        }

        return opened;
    }

    public override void Verify(byte[] input, object accepted)
    {
        var opened = (List<byte[]>)accepted;
        for (int i = 0; i < opened.Count; i++)
        {
            if (i >= MessagesMax || !opened[i].AsSpan().SequenceEqual(Message(i)))
                throw new BrokenPromiseException($"frame {i} opened, and is not what was sealed in its place");
        }
    }

    private static byte[] Message(int number) => KnownGroup.Known((byte)number, 1 + (number * number * 40));

    private static byte[][] Seal(byte[] key)
    {
        using var sealer = new FrameSealer(new FrameCipher(key));
        return [.. Enumerable.Range(0, MessagesMax).Select(number =>
        {
            byte[] message = Message(number);
            byte[] frame = new byte[FrameSealer.GetFrameSize(message.Length)];
            sealer.Seal(message, frame);
            return frame;
        })];
    }

    private static byte[] WithLength(byte[] frame, uint length)
    {
        byte[] changed = [.. frame];
        if (changed.Length >= FrameHeader.Size)
            BinaryPrimitives.WriteUInt32BigEndian(changed, length);

        return changed;
    }
}

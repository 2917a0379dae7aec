using System.Buffers.Binary;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Session;
using ZeroKSync.Tests.Fuzz.Engine;

namespace ZeroKSync.Tests.Fuzz.Decoders;

/// <summary>
/// A stream of sealed frames over three key epochs, cut into reads of any size. Whatever was done to it, what opens is the beginning of what was
/// sealed: a frame out of its place or left out, also where an epoch ends, twice, of another stream or changed does not open.
/// </summary>
internal sealed class SealedFrameTarget : FuzzTarget
{
    private const int MessagesMax = 8;
    private const int FramesPerEpoch = 3;
    private const byte Epochs = 3;
    private const long Stream = 4;

    // The epochs that the opener's end has, all of them live.
    private static readonly SessionKeys Keys = AllEpochs();
    private static readonly byte[][] Frames = Seal(Stream);
    private static readonly byte[][] OfAnotherStream = Seal(Stream + 4);

    public override string Name => "sealed-frames";

    public override byte[] Generate(Random random)
    {
        List<byte[]> stream = [.. Frames.Take(random.Next(1, MessagesMax + 1))];
        for (int changes = random.Next(0, 3); changes > 0; changes--)
        {
            int at = random.Next(stream.Count);
            stream[at] = random.Next(6) switch
            {
                0 => ByteMutator.Mutate(random, stream[at], stream[0]),
                1 => stream[random.Next(stream.Count)],
                2 => OfAnotherStream[Math.Min(at, MessagesMax - 1)],
                3 => WithLength(stream[at], (uint)random.Next(0, Limits.FrameBytes + 100)),
                4 => WithEpoch(stream[at], (byte)random.Next(Epochs + 2)),
                _ => WithLength(stream[at], uint.MaxValue - (uint)random.Next(100)),
            };
        }

        // Left out anywhere, and so also at the end of an epoch or all of one.
        if (random.Next(3) == 0)
            stream.RemoveRange(random.Next(stream.Count), 1);
        if (random.Next(6) == 0)
            stream.RemoveRange(0, Math.Min(FramesPerEpoch, stream.Count));

        return [.. stream.SelectMany(frame => frame)];
    }

    public override object? Take(byte[] input)
    {
        var opened = new List<byte[]>();
        var accumulator = new FrameAccumulator();
        using var opener = new FrameOpener(Keys, Stream);
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

    private static byte[][] Seal(long stream)
    {
        using SessionKeys keys = Epoch(0, isInitiator: true);
        using FrameSealer sealer = keys.CreateSealer(stream);
        return [.. Enumerable.Range(0, MessagesMax).Select(number =>
        {
            if (number > 0 && number % FramesPerEpoch == 0)
            {
                using SessionKeys next = Epoch((byte)(number / FramesPerEpoch), isInitiator: true);
                keys.TryStage(next);
                keys.Switch(TimeSpan.MaxValue);
            }

            byte[] message = Message(number);
            byte[] frame = new byte[FrameSealer.GetFrameSize(message.Length)];
            sealer.Seal(message, frame);
            return frame;
        })];
    }

    private static SessionKeys AllEpochs()
    {
        SessionKeys keys = Epoch(0, isInitiator: false);
        for (byte epoch = 1; epoch < Epochs; epoch++)
        {
            using SessionKeys next = Epoch(epoch, isInitiator: false);
            keys.TryStage(next);
            keys.Switch(TimeSpan.MaxValue);
        }

        return keys;
    }

    // What a handshake would leave, known.
    private static SessionKeys Epoch(byte epoch, bool isInitiator) =>
        new(SecretBytes.CopyFrom(KnownGroup.Known((byte)(0x24 + epoch), 2 * FrameCipher.KeyBytes)), isInitiator, new byte[SessionKeys.HandshakeHashBytes], default);

    private static byte[] WithEpoch(byte[] frame, byte epoch)
    {
        byte[] changed = [.. frame];
        if (changed.Length > FrameHeader.Size)
            changed[FrameHeader.Size] = epoch;

        return changed;
    }

    private static byte[] WithLength(byte[] frame, uint length)
    {
        byte[] changed = [.. frame];
        if (changed.Length >= FrameHeader.Size)
            BinaryPrimitives.WriteUInt32BigEndian(changed, length);

        return changed;
    }
}

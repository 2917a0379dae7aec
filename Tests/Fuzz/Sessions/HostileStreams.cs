using ZeroKSync.Protocol.Framing;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Fuzz.Sessions;

/// <summary>A connection without a session: handshakes that are none, on streams of either kind, ended and given up at every place.</summary>
internal static class HostileStreams
{
    private const int StreamsMax = 12;
    private const int StepsMax = 24;

    public static async Task RunAsync(TransportConnection connection, Random random)
    {
        var streams = new List<TransportStream>();
        for (int steps = random.Next(1, StepsMax); steps > 0; steps--)
        {
            if (streams.Count == 0 || (streams.Count < StreamsMax && random.Next(6) == 0))
            {
                streams.Add(await connection.OpenStreamAsync(random.Next(5) == 0 ? StreamDirection.Unidirectional : StreamDirection.Bidirectional, Bounded.Token()));
                continue;
            }

            // The first one most of the time: it is the one that is listened to.
            TransportStream stream = streams[random.Next(3) == 0 ? random.Next(streams.Count) : 0];
            if (!await TryStepAsync(stream, random))
                streams.Remove(stream);
        }
    }

    // False: nothing more is sent on it.
    private static async Task<bool> TryStepAsync(TransportStream stream, Random random)
    {
        switch (random.Next(12))
        {
            case 0:
                stream.AbortWrite(random.Next(16));
                return false;
            case 1 when stream.CanRead:
                stream.AbortRead(random.Next(16));
                return true;
            case 2:
                await stream.WriteAsync(default, endStream: true, Bounded.Token());
                return false;
            case 3:
                await stream.WriteAsync(default, endStream: false, Bounded.Token());
                return true;
            default:
                bool isEnd = random.Next(8) == 0;
                await stream.WriteAsync(Bytes(random), isEnd, Bounded.Token());
                return !isEnd;
        }
    }

    private static byte[] Bytes(Random random)
    {
        int length = random.Next(6) switch
        {
            0 => HandshakeMessage.SecondBytes,
            1 => HandshakeMessage.ThirdBytes,
            2 => random.Next(2_000),
            _ => HandshakeMessage.FirstBytes,
        };
        byte[] frame = new byte[FrameHeader.Size + length];
        random.NextBytes(frame);
        FrameHeader.Write(frame, length);
        return random.Next(4) == 0 ? ByteMutator.Mutate(random, frame, frame) : random.Next(4) == 0 ? frame[..random.Next(frame.Length)] : frame;
    }
}

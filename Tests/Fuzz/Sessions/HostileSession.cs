using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Tests.Fuzz.HostileRelay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Fuzz.Sessions;

/// <summary>A device that has shaken hands, and been welcomed or not, and then keeps to nothing on any of its streams.</summary>
internal sealed class HostileSession(RawSession session, RawGroup group, Random random)
{
    // Below what a relay lets a client have at once: waiting for a place is no attack.
    private const int StreamsMax = 40;
    private const int StepsMax = 60;
    private const int BurstMax = 30;

    private readonly List<RawStream> _streams = [];
    private bool _isSessionStreamOver;
    private ulong _sequence;

    public async Task RunAsync()
    {
        for (int steps = random.Next(1, StepsMax); steps > 0; steps--)
            await StepAsync();
    }

    private async Task StepAsync()
    {
        if (_streams.Count == 0 || (_streams.Count < StreamsMax && random.Next(4) == 0))
        {
            _streams.Add(await session.OpenAsync());
            return;
        }

        // The session stream has the fewest ways on, and is not the first to be broken.
        RawStream stream = !_isSessionStreamOver && random.Next(12) == 0 ? session.Session : _streams[random.Next(_streams.Count)];
        switch (random.Next(40))
        {
            case 0:
                await stream.Stream.WriteAsync(ByteMutator.Noise(random, 3_000), endStream: random.Next(3) == 0, Bounded.Token());
                Ended(stream);
                break;
            case 1:
                byte[] frame = stream.Seal(Message());
                await stream.Stream.WriteAsync(ByteMutator.Mutate(random, frame, frame), endStream: random.Next(3) == 0, Bounded.Token());
                Ended(stream);
                break;
            case 2:
                byte[] cut = stream.Seal(Message());
                await stream.Stream.WriteAsync(cut.AsMemory(0, random.Next(cut.Length)), endStream: random.Next(4) == 0, Bounded.Token());
                Ended(stream);
                break;
            case 3 or 4 or 5:
                stream.Stream.AbortWrite(random.Next(16));
                Ended(stream);
                break;
            case 6 or 7:
                stream.Stream.AbortRead(random.Next(16));
                break;
            case 8 or 9 or 10:
                await stream.SendBytesAsync(Message(), endStream: true);
                Ended(stream);
                break;
            case 11:
                await stream.Stream.WriteAsync(default, endStream: true, Bounded.Token());
                Ended(stream);
                break;
            case 12 or 13:
                await stream.SendBytesAsync([]);
                break;
            case 14 or 15:
                await OneWayAsync();
                break;
            case 16:
                await BurstAsync();
                break;
            default:
                await stream.SendBytesAsync(Message());
                break;
        }
    }

    private void Ended(RawStream stream)
    {
        _streams.Remove(stream);
        _isSessionStreamOver |= stream == session.Session;
    }

    // Streams that end as soon as they begin.
    private async Task BurstAsync()
    {
        for (int count = random.Next(BurstMax); count > 0; count--)
        {
            RawStream stream = await session.OpenAsync();
            if (random.Next(2) == 0)
                stream.Stream.AbortWrite(0);
            else
                await stream.Stream.WriteAsync(default, endStream: true, Bounded.Token());
        }
    }

    private async Task OneWayAsync()
    {
        TransportStream stream = await session.Connection.OpenStreamAsync(StreamDirection.Unidirectional, Bounded.Token());
        await stream.WriteAsync(ByteMutator.Noise(random, 500), endStream: true, Bounded.Token());
    }

    private byte[] Message() => random.Next(16) switch
    {
        0 => MessageCodec.Encode(group.Hello(session, create: random.Next(2) == 0)),
        1 => MessageCodec.Encode(new Pull(new Cursor((ulong)random.Next(5)), (uint)random.Next(3), (uint)random.Next(3), random.Next(2) == 0)),
        2 => MessageCodec.Encode(new Subscribe(new Cursor((ulong)random.Next(3)))),
        3 => MessageCodec.Encode(new ListDevices()),
        4 => MessageCodec.Encode(new Ack(new Cursor((ulong)random.Next(5)))),
        5 or 6 => MessageCodec.Encode(RawBlobs.Make(random.Next(4) == 0 ? (ulong)random.Next(5) : ++_sequence)),
        7 => MessageCodec.Encode(new Presence((PresenceStatus)random.Next(2))),
        8 => ByteMutator.Noise(random, 100),
        9 or 10 => ChangedAnswer.Of(random, ChangedAnswer.Another(random)),
        _ => ChangedAnswer.Another(random),
    };
}

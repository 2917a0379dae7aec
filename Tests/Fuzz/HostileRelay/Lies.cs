using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Fuzz.HostileRelay;

/// <summary>
/// What a relay does instead of answering: other bytes, other messages, no answer, an end where none belongs, streams nobody asked for. It
/// ends the session after some answers. Streams run side by side, so a seed repeats its choices and not always their order.
/// </summary>
internal sealed class Lies(Random random)
{
    private static readonly ErrorCode[] Codes = Enum.GetValues<ErrorCode>();

    // Those on which a client changes what it keeps or where it stands.
    private static readonly ErrorCode[] Consequential = [ErrorCode.InvalidMessage, ErrorCode.BlobTooLarge, ErrorCode.OutOfSequence, ErrorCode.ResyncRequired, ErrorCode.StaleKeyEpoch];
    private readonly Lock _gate = new();
    private readonly int _oneIn = random.Next(4) switch { 0 => 1, 1 => 2, 2 => 4, _ => 12 };
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = random.Next(1, 24);

    /// <summary>Completes with the first lie: from then on the client may wait for what never comes.</summary>
    public Task Told => _told.Task;

    /// <summary>Completes when a session that was lied to is over.</summary>
    public Task Over => _over.Task;

    public void Ended()
    {
        _told.TrySetResult();
        _over.TrySetResult();
    }

    public byte[] Handshake(byte[] frame)
    {
        lock (_gate)
            return random.Next(12) == 0 ? Tell(ByteMutator.Mutate(random, frame, frame)) : frame;
    }

    /// <summary>An acknowledgement for what is not kept; null keeps it.</summary>
    public byte[]? Swallow(Push push)
    {
        lock (_gate)
        {
            return random.Next(8) == 0
                ? Tell(MessageCodec.Encode(new PushAck(push.BlobId, new Cursor((ulong)random.Next(100)), 0, Duplicate: random.Next(2) == 0)))
                : null;
        }
    }

    public async Task SayAsync(TransportConnection connection, SessionKeys keys, RawStream stream, byte[] answer)
    {
        int choice;
        lock (_gate)
        {
            if (--_left < 0)
                choice = -1;
            else
                choice = random.Next(_oneIn) == 0 ? random.Next(16) : int.MaxValue;
        }

        if (choice != int.MaxValue)
            _told.TrySetResult();

        try
        {
            await SayAsync(choice, connection, keys, stream, answer);
        }
        catch (InvalidOperationException)
        {
            // This end ended the stream, by a lie before.
        }
    }

    private async Task SayAsync(int choice, TransportConnection connection, SessionKeys keys, RawStream stream, byte[] answer)
    {
        switch (choice)
        {
            case -1:
                await connection.CloseAsync(Number(16), string.Empty);
                break;
            case 0:
                break;
            case 1:
                await stream.SendBytesAsync(answer);
                await stream.SendBytesAsync(answer);
                break;
            case 2 or 3:
                await SendAsync(stream.Stream, Bent(stream.Seal(answer)), endStream: Number(8) == 0);
                break;
            case 4:
                await stream.SendBytesAsync([], endStream: Number(2) == 0);
                break;
            case 5:
                await SendAsync(stream.Stream, [], endStream: true);
                break;
            case 6:
                stream.Stream.AbortWrite(Number(16));
                break;
            case 7:
                stream.Stream.AbortRead(Number(16));
                await stream.SendBytesAsync(answer);
                break;
            case 8 or 9:
                await stream.SendBytesAsync(Refusal());
                break;
            case 10:
                await UnaskedAsync(connection, keys);
                await stream.SendBytesAsync(answer);
                break;
            case int.MaxValue:
                await stream.SendBytesAsync(answer);
                break;
            default:
                await stream.SendBytesAsync(Changed(answer));
                break;
        }
    }

    // A notice, a BYE, noise, a stream that never says anything, one that is given up at once: the client takes none of them for data.
    private async Task UnaskedAsync(TransportConnection connection, SessionKeys keys)
    {
        TransportStream opened = await connection.OpenStreamAsync(StreamDirection.Unidirectional);
        switch (Number(5))
        {
            case 0:
                await SendAsync(opened, Noise(), endStream: true);
                break;
            case 1:
                opened.AbortWrite(Number(16));
                break;
            case 2:
                await new RawStream(opened, keys).SendBytesAsync(Notice(), endStream: Number(2) == 0);
                break;
            case 3:
                await new RawStream(opened, keys).SendAsync(new Bye((ByeCode)Number(5), null, (uint)Number(100_000)));
                break;
            default:
                await SendAsync(opened, new byte[Number(4)], endStream: false);
                break;
        }
    }

    private byte[] Bent(byte[] frame)
    {
        lock (_gate)
            return ByteMutator.Mutate(random, frame, frame);
    }

    private byte[] Refusal()
    {
        lock (_gate)
        {
            ulong[] detail = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(3) == 0 ? ulong.MaxValue - (ulong)random.Next(3) : (ulong)random.Next(20))];
            uint? retryAfter = random.Next(3) == 0 ? uint.MaxValue : random.Next(2) == 0 ? 0 : null;
            ErrorCode code = random.Next(20) switch { 0 => (ErrorCode)random.Next(), < 10 => Codes[random.Next(Codes.Length)], _ => Consequential[random.Next(Consequential.Length)] };
            return MessageCodec.Encode(new Error(code, "x", retryAfter, detail));
        }
    }

    private byte[] Changed(byte[] answer)
    {
        lock (_gate)
            return ChangedAnswer.Of(random, answer);
    }

    private byte[] Notice()
    {
        lock (_gate)
            return ChangedAnswer.Another(random);
    }

    private byte[] Noise()
    {
        lock (_gate)
            return ByteMutator.Noise(random, 4_000);
    }

    private int Number(int below)
    {
        lock (_gate)
            return random.Next(below);
    }

    private byte[] Tell(byte[] lie)
    {
        _told.TrySetResult();
        return lie;
    }

    private static async Task SendAsync(TransportStream stream, byte[] bytes, bool endStream) => await stream.WriteAsync(bytes, endStream);
}

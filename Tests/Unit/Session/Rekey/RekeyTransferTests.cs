using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Session.Rekey;

/// <summary>A session's keys are changed again and again while its streams run.</summary>
public sealed class RekeyTransferTests
{
    private const long Upload = 4;
    private const long Download = 8;
    private const long Idle = 12;
    private const long Finished = 16;
    private const ulong End = 0;
    private const int EpochsEnough = 25;
    private const int NoticeBytes = 200;

    // A limit that is reached all the time, and none behind it that a slow machine could meet.
    private static readonly RekeyLimits Often = new() { FramesSoft = 40, EpochsLive = 300 };

    [Fact]
    public async Task E_ENC_05_RekeyDuringTransfer_TransferSurvives_NoPlaintextGap_OldKeyErased()
    {
        using var pair = new RekeyPair(Often, Often);
        (MemoryPipe upClient, MemoryPipe upRelay) = pair.Open(Upload);
        (MemoryPipe downClient, MemoryPipe downRelay) = pair.Open(Download);
        (MemoryPipe idleClient, MemoryPipe idleRelay) = pair.Open(Idle);
        (MemoryPipe finishedClient, MemoryPipe finishedRelay) = pair.Open(Finished);
        await SendAsync(idleClient, 1);
        Assert.Equal(1UL, await ReceiveAsync(idleRelay));
        await finishedClient.SendAsync(new Ack(new Cursor(1)), endStream: true, Bounded.Token());

        using var stop = new CancellationTokenSource();
        Task[] running =
        [
            pair.ClientRekey.RunAsync(stop.Token), pair.RelayRekey.RunAsync(stop.Token),
            pair.ServeAsync(pair.ClientSession), pair.ServeAsync(pair.RelaySession),
        ];
        bool IsEnough() => pair.Client.Keys.Epoch >= EpochsEnough;
        Task[] sending = [SendManyAsync(upClient, IsEnough), SendManyAsync(downRelay, IsEnough), SendNoticesAsync(pair.RelaySession, IsEnough)];
        await Task.WhenAll([.. sending, ReceiveManyAsync(upRelay), ReceiveManyAsync(downClient)]).Within();

        // The idle stream was moved by empty frames alone, and goes on where it is; the finished one was left in peace.
        await SendAsync(idleClient, 2);
        Assert.Equal(2UL, await ReceiveAsync(idleRelay));
        Assert.Equal(1UL, await ReceiveAsync(finishedRelay));
        Assert.Null(await RekeyPair.NextAsync(finishedRelay));

        // Nothing is sent any more but moves, which are too few to ask for another: the last rekey ends, and each stream says where it is.
        MemoryPipe[] moving = [upClient, upRelay, downClient, downRelay, idleClient, idleRelay, finishedRelay, pair.ClientSession, pair.RelaySession];
        await Bounded.UntilAsync(() => IsQuiet(pair, moving));
        while (idleRelay.Heard.Epoch < pair.Client.Keys.Epoch)
            await HearMoveAsync(idleRelay);

        Assert.Single(finishedClient.Written);
        foreach (MemoryPipe pipe in moving)
            AssertMovesOn(EpochsOf(pipe));

        Assert.All(running, task => Assert.False(task.IsCompleted));
        await stop.CancelAsync();
    }

    [Fact]
    public async Task E_ENC_05_OldKeys_AreErased_SendingAtTheSwitch_ReceivingAfterItsTime()
    {
        using var pair = new RekeyPair();
        EpochKeys client = KeysOf(pair.Client), relay = KeysOf(pair.Relay);
        (MemoryPipe before, MemoryPipe beforeRelay) = pair.Open(Upload);
        await SendAsync(before, 1);
        byte[] old = Assert.Single(before.Written);

        await pair.RekeyAsync();

        using var stop = new CancellationTokenSource();
        Task running = pair.RelayRekey.RunAsync(stop.Token);
        Assert.Throws<ObjectDisposedException>(() => client.SendingCipher(Upload));
        Assert.Throws<ObjectDisposedException>(() => relay.SendingCipher(Upload));
        relay.ReceivingCipher(Upload).Dispose();
        Assert.Equal(1UL, await ReceiveAsync(beforeRelay));
        Assert.Equal(0, beforeRelay.Heard.Epoch);
        await SendAsync(before, 2);
        Assert.Equal(2UL, await ReceiveAsync(beforeRelay));

        // Its key went with its first new frame: the same bytes are nothing now, though the session could still derive it for another stream.
        before.Inject(old);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RekeyPair.NextAsync(beforeRelay));
        Assert.Equal(0, pair.Relay.Keys.OldestEpoch);

        pair.Time.Advance(RekeyLimits.Default.ReplacedLife);
        await Bounded.UntilAsync(() => pair.Relay.Keys.OldestEpoch == 1);
        Assert.Throws<ObjectDisposedException>(() => relay.ReceivingCipher(Upload));
        Assert.Null(beforeRelay.AbortedWith);
        await stop.CancelAsync();
    }

    // Opened and written before the switch, and delivered after everything else has moved.
    [Fact]
    public async Task NewStream_OfTheOldEpoch_HeardOfLate_Opens()
    {
        using var pair = new RekeyPair();
        (MemoryPipe client, MemoryPipe relay) = pair.Open(Upload);
        await SendAsync(client, 1);
        await SendAsync(client, 2);

        await pair.RekeyAsync();
        await SendAsync(client, 3);

        Assert.Equal((1UL, 2UL, 3UL), (await ReceiveAsync(relay), await ReceiveAsync(relay), await ReceiveAsync(relay)));
        Assert.Equal([0, 0, 1, 1], EpochsOf(client));
    }

    // Held back, as by flow control, while the keys change twice: it has no frame of the epoch between, and goes on.
    [Fact]
    public async Task HeldBackStream_OverTwoChanges_GoesOnUnderTheLast()
    {
        using var pair = new RekeyPair();
        using FrameSealer sealer = pair.Client.Keys.CreateSealer(Upload);
        Assert.True(pair.Relay.Keys.TryCreateOpener(Upload, out FrameOpener? opener));
        byte[] first = Seal(sealer), heldBack = Seal(sealer);
        Assert.True(opener.TryOpenInPlace(first, out _));

        await pair.RekeyAsync();
        await pair.RekeyAsync();
        byte[] last = Seal(sealer);

        Assert.False(opener.TryOpenInPlace(last.ToArray(), out _));
        Assert.True(opener.TryOpenInPlace(heldBack.ToArray(), out _));
        Assert.True(opener.TryOpenInPlace(last, out _));
        Assert.Equal(2, opener.Epoch);
        Assert.False(opener.TryOpenInPlace(heldBack, out _));
        opener.Dispose();
    }

    // The session's own messages and a lane's may meet on the session stream: what is appended while a flush is under way waits for the next.
    [Fact]
    public async Task Append_WhileAFlushIsUnderWay_IsSentByTheNext()
    {
        using var pair = new RekeyPair();
        (MemoryPipe client, MemoryPipe relay) = pair.Open(Upload);
        var mayEnd = new TaskCompletionSource();
        client.Holding = mayEnd.Task;
        Task flushing = SendAsync(client, 1);

        // Longer than what was lent: the memory under the flush must not be given to others.
        for (ulong i = 2; i <= 1_000; i++)
            client.Append(new Ack(new Cursor(i)));

        mayEnd.SetResult();
        await flushing.Within();
        client.Holding = Task.CompletedTask;
        await client.FlushAsync(endStream: false, Bounded.Token());

        for (ulong i = 1; i <= 1_000; i++)
            Assert.Equal(i, await ReceiveAsync(relay));
    }

    [Fact]
    public async Task NewStream_OpenedBeforeTheSwitchAndWrittenAfter_BeginsUnderTheNewKeys()
    {
        using var pair = new RekeyPair();
        (MemoryPipe client, MemoryPipe relay) = pair.Open(Upload);

        await pair.RekeyAsync();
        await SendAsync(client, 1);

        Assert.Equal(1UL, await ReceiveAsync(relay));
        Assert.All(EpochsOf(client), epoch => Assert.Equal(1, epoch));
    }

    // Somebody between the two who can drop frames, though open none, lets the end of an epoch vanish: what follows is not taken for the rest.
    [Fact]
    public async Task E_ENC_05_FramesLeftOutAtTheEndOfAnEpoch_NothingOpensAfterThem()
    {
        using var pair = new RekeyPair();
        (MemoryPipe client, MemoryPipe relay) = pair.Open(Upload);
        (MemoryPipe unheardClient, MemoryPipe unheardRelay) = pair.Open(Download);
        await SendAsync(client, 1);
        await SendAsync(client, 2);
        await SendAsync(unheardClient, 1);
        await pair.RekeyAsync();
        await SendAsync(client, 3);
        await SendAsync(unheardClient, 2);

        Assert.Equal(1UL, await ReceiveAsync(relay));
        relay.Intercept();
        unheardRelay.Intercept();

        await Assert.ThrowsAsync<InvalidOperationException>(() => RekeyPair.NextAsync(relay));
        await Assert.ThrowsAsync<InvalidOperationException>(() => RekeyPair.NextAsync(unheardRelay));
        Assert.Equal((0, -1), (relay.Heard.Epoch, unheardRelay.Heard.Epoch));
    }

    // What the relay seals under new keys can overtake its own confirmation on another stream.
    [Fact]
    public async Task NewFrame_ThatOvertakesTheConfirmation_Opens_AndTheClientStillSealsUnderOldKeys()
    {
        using var pair = new RekeyPair();
        (MemoryPipe client, MemoryPipe relay) = pair.Open(Download);
        using var stop = new CancellationTokenSource();
        Task running = pair.ClientRekey.RunAsync(stop.Token);
        pair.Time.Advance(RekeyLimits.AgeSoftDefault);
        await pair.TakeAsync(pair.RelaySession);
        await pair.TakeAsync(pair.ClientSession);
        await pair.TakeAsync(pair.RelaySession);

        await SendAsync(relay, 1);
        Assert.Equal(1UL, await ReceiveAsync(client));
        Assert.Equal(1, client.Heard.Epoch);
        await SendAsync(client, 2);
        Assert.Equal(0, EpochsOf(client)[^1]);

        await pair.TakeAsync(pair.ClientSession);
        await SendAsync(client, 3);
        Assert.Equal(1, EpochsOf(client)[^1]);
        Assert.Equal((2UL, 3UL), (await ReceiveAsync(relay), await ReceiveAsync(relay)));
        await stop.CancelAsync();
    }

    // The message waits under old keys for its flush; the empty frame goes behind it, and takes it along.
    [Fact]
    public async Task Move_WithSealedFramesThatWait_LeavesTheirOrder()
    {
        using var pair = new RekeyPair();
        (MemoryPipe client, MemoryPipe relay) = pair.Open(Upload);
        client.Append(new Ack(new Cursor(1)));

        await pair.RekeyAsync();
        Assert.Equal([0, 1], EpochsOf(client));
        client.Append(new Ack(new Cursor(2)));
        await client.FlushAsync(endStream: false, Bounded.Token());

        Assert.Equal((1UL, 2UL), (await ReceiveAsync(relay), await ReceiveAsync(relay)));
        Assert.Equal([0, 1, 1], EpochsOf(client));
    }

    [Fact]
    public async Task Straggler_AfterItsTime_IsAborted_AndTheOthersGoOn()
    {
        using var pair = new RekeyPair();
        (MemoryPipe client, MemoryPipe relay) = pair.Open(Upload);
        (MemoryPipe otherClient, MemoryPipe otherRelay) = pair.Open(Download);
        await SendAsync(client, 1);
        Assert.Equal(1UL, await ReceiveAsync(relay));
        await SendAsync(otherClient, 1);
        await pair.RekeyAsync();
        using var stop = new CancellationTokenSource();
        Task running = pair.RelayRekey.RunAsync(stop.Token);
        Assert.Equal(1UL, await ReceiveAsync(otherRelay));
        await SendAsync(otherClient, 2);
        Assert.Equal(2UL, await ReceiveAsync(otherRelay));

        // The move of the first lies on the road, and stays there.
        pair.Time.Advance(RekeyLimits.Default.ReplacedLife - TimeSpan.FromTicks(1));
        Assert.Null(relay.AbortedWith);
        await HearSessionAsync(pair);
        pair.Time.Advance(TimeSpan.FromTicks(1));
        await Bounded.UntilAsync(() => relay.AbortedWith is not null);

        Assert.Equal(CloseCode.OldEpoch, relay.AbortedWith);
        Assert.Null(otherRelay.AbortedWith);
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
    }

    [Fact]
    public async Task Straggler_TheSessionStreamItself_EndsTheConnection()
    {
        using var pair = new RekeyPair();
        using var stop = new CancellationTokenSource();
        await pair.RekeyAsync();
        Task running = pair.RelayRekey.RunAsync(stop.Token);

        pair.Time.Advance(RekeyLimits.Default.ReplacedLife);

        Assert.Equal(CloseCode.OldEpoch, (await Assert.ThrowsAsync<RekeyException>(() => running.Within())).Code);
    }

    [Fact]
    public async Task HandshakeHash_AfterRekeys_IsTheFirsts_AndEachRekeyIsBoundToTheOneBefore()
    {
        using var pair = new RekeyPair();
        byte[] first = pair.Client.Keys.HandshakeHash.ToArray();
        var hashes = new HashSet<string> { Convert.ToHexString(first) };
        for (int i = 0; i < 3; i++)
        {
            await pair.RekeyAsync();
            await HearSessionAsync(pair);
            Assert.Equal(pair.Client.Keys.LastHandshakeHash, pair.Relay.Keys.LastHandshakeHash);
            Assert.True(hashes.Add(Convert.ToHexString(pair.Client.Keys.LastHandshakeHash)));
        }

        Assert.Equal(first, pair.Client.Keys.HandshakeHash);
        Assert.Equal(first, pair.Relay.Keys.HandshakeHash);
    }

    // The client's empty frame on the session stream.
    private static async Task HearSessionAsync(RekeyPair pair)
    {
        await HearMoveAsync(pair.RelaySession);
        Assert.Equal(pair.Relay.Keys.Epoch, pair.RelaySession.Heard.Epoch);
    }

    // There is no message in an empty frame, so a look that finds none has heard it.
    private static async Task HearMoveAsync(MemoryPipe pipe)
    {
        Assert.True(await pipe.TryFillAsync(Bounded.Token()));
        Assert.Equal(FrameStatus.Incomplete, pipe.Receive(Limits.FrameBytes, out _));
    }

    private static byte[] Seal(FrameSealer sealer)
    {
        byte[] frame = new byte[FrameSealer.OverheadBytes];
        sealer.Seal(default, frame);
        return frame;
    }

    private static EpochKeys KeysOf(SessionStreams streams)
    {
        Assert.True(streams.Keys.TryGetReceiving(Upload, streams.Keys.Epoch, out EpochKeys? keys, out FrameCipher? cipher));
        cipher.Dispose();
        return keys;
    }

    private static async Task SendAsync(MemoryPipe pipe, ulong number) => await pipe.SendAsync(new Ack(new Cursor(number)), endStream: false, Bounded.Token());

    private static async Task SendManyAsync(MemoryPipe pipe, Func<bool> isEnough)
    {
        for (ulong i = 1; !isEnough(); i++)
        {
            await SendAsync(pipe, i);
            await Task.Yield();
        }

        await SendAsync(pipe, End);
    }

    // As the relay's notices: from a lane of its own, beside the rekeys on the same stream.
    private static async Task SendNoticesAsync(MemoryPipe session, Func<bool> isEnough)
    {
        for (ulong i = 1; !isEnough(); i++)
        {
            session.Append(new Ack(new Cursor(i)));
            if (session.PendingBytes > NoticeBytes)
                await session.FlushAsync(endStream: false, Bounded.Token());
            else
                await Task.Yield();
        }

        await session.FlushAsync(endStream: false, Bounded.Token());
    }

    private static async Task<ulong> ReceiveAsync(MemoryPipe pipe) =>
        MessageCodec.TryDecode(await RekeyPair.NextAsync(pipe), out Ack? message) ? message.Cursor.Value : throw new InvalidOperationException("Not what was sent.");

    private static async Task ReceiveManyAsync(MemoryPipe pipe)
    {
        for (ulong i = 1; await ReceiveAsync(pipe) is var number and not End; i++)
            Assert.Equal(i, number);
    }

    private static List<int> EpochsOf(MemoryPipe pipe)
    {
        byte[] bytes;
        lock (pipe.Written)
            bytes = [.. pipe.Written.SelectMany(written => written)];

        var epochs = new List<int>();
        for (int at = 0; at < bytes.Length;)
        {
            Assert.True(FrameHeader.TryRead(bytes.AsSpan(at), Limits.FrameBytes, out int length));
            epochs.Add(bytes[at + FrameHeader.Size]);
            at += FrameHeader.Size + length;
        }

        return epochs;
    }

    // Each stream, and then both ends, in one epoch of which too little is used for another: in this order nothing can have begun in between.
    private static bool IsQuiet(RekeyPair pair, MemoryPipe[] moving)
    {
        int epoch = pair.Client.Keys.Epoch;
        return Array.TrueForAll(moving, pipe => EpochsOf(pipe) is [.., var last] && last == epoch)
            && Math.Max(pair.Client.Keys.Frames, pair.Relay.Keys.Frames) < Often.FramesSoft
            && pair.Client.Keys.EpochsLive == epoch + 1 && pair.Relay.Keys.Epoch == epoch;
    }

    // Never back. A stream that waits while its turn to write comes may leave an epoch out.
    private static void AssertMovesOn(List<int> epochs)
    {
        Assert.Equal(epochs.Order(), epochs);
        Assert.True(epochs[^1] > epochs[0]);
    }
}

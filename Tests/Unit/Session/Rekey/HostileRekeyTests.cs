using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Session.Rekey;

/// <summary>A peer that does in a rekey what it must not: one answer, code 1, and no new keys.</summary>
public sealed class HostileRekeyTests
{
    private const long Stream = 4;

    // Whatever the relay expects, anything else than the next message of a client.
    [Theory]
    [InlineData("nothing")]
    [InlineData("second length")]
    [InlineData("third length")]
    [InlineData("odd length")]
    public async Task Relay_Idle_TakesNothingButAFirst(string what)
    {
        using var pair = new RekeyPair();

        await RekeyPair.SendAsync(pair.ClientSession, OfLength(what));

        await AssertBrokenAsync(pair, pair.RelaySession);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("first again")]
    [InlineData("second length")]
    [InlineData("third length")]
    [InlineData("odd length")]
    public async Task Relay_AfterTheFirst_TakesNothingButItsThird(string what)
    {
        using var pair = new RekeyPair();
        using HandshakeInitiator initiator = Initiator(pair, pair.Fixture.DeviceKey);
        byte[] first = await BeginAsync(pair, initiator);

        await RekeyPair.SendAsync(pair.ClientSession, what == "first again" ? first : OfLength(what));

        await AssertBrokenAsync(pair, pair.RelaySession);
    }

    [Fact]
    public async Task Relay_ThirdTwice_Breaks()
    {
        using var pair = new RekeyPair();
        using HandshakeInitiator initiator = Initiator(pair, pair.Fixture.DeviceKey);
        await BeginAsync(pair, initiator);
        byte[] third = await AnswerAsync(pair, initiator);
        await RekeyPair.SendAsync(pair.ClientSession, third);
        await RekeyPair.SendAsync(pair.ClientSession, third);

        await pair.TakeAsync(pair.RelaySession);
        Assert.Equal(1, pair.Relay.Keys.Epoch);

        await AssertBrokenAsync(pair, pair.RelaySession, epoch: 1);
    }

    [Fact]
    public async Task Relay_AnotherDevicesKey_Breaks()
    {
        using var pair = new RekeyPair();
        using X25519KeyPair other = X25519.GenerateKeyPair();
        using HandshakeInitiator initiator = Initiator(pair, other);
        await BeginAsync(pair, initiator);

        await RekeyPair.SendAsync(pair.ClientSession, await AnswerAsync(pair, initiator));

        await AssertBrokenAsync(pair, pair.RelaySession);
    }

    // The second rekey is bound to the first, not to the handshake the session began with.
    [Fact]
    public async Task Relay_HandshakeBoundToAnOlderOne_Breaks()
    {
        using var pair = new RekeyPair();
        await pair.RekeyAsync();
        using var initiator = new HandshakeInitiator(pair.Fixture.DeviceKey, pair.Fixture.Relay, HandshakePrologue.ForRekey(pair.Client.Keys.HandshakeHash));
        await RekeyPair.SendAsync(pair.ClientSession, FirstOf(initiator));
        await pair.TakeAsync(pair.RelaySession);

        // With another transcript the relay's answer does not open at the client.
        Assert.False(initiator.TryReadSecond((await ReceiveRekeyAsync(pair.ClientSession)).Span));
        await RekeyPair.SendAsync(pair.ClientSession, new byte[HandshakeMessage.ThirdBytes]);
        await AssertBrokenAsync(pair, pair.RelaySession, epoch: 1);
    }

    [Fact]
    public async Task Relay_AnyByteOfTheThirdChanged_Breaks()
    {
        for (int at = 0; at < HandshakeMessage.ThirdBytes; at++)
        {
            using var pair = new RekeyPair();
            using HandshakeInitiator initiator = Initiator(pair, pair.Fixture.DeviceKey);
            await BeginAsync(pair, initiator);
            byte[] third = await AnswerAsync(pair, initiator);
            third[at] ^= 1;
            await RekeyPair.SendAsync(pair.ClientSession, third);

            await AssertBrokenAsync(pair, pair.RelaySession);
        }
    }

    [Fact]
    public async Task Relay_FirstWithALowOrderKey_Breaks()
    {
        using var pair = new RekeyPair();

        await RekeyPair.SendAsync(pair.ClientSession, new byte[HandshakeMessage.FirstBytes]);

        await AssertBrokenAsync(pair, pair.RelaySession);
    }

    [Fact]
    public async Task Relay_RekeyThatIsNone_Breaks()
    {
        using var pair = new RekeyPair();

        var exception = await Assert.ThrowsAsync<RekeyException>(
            () => pair.RelayRekey.TakeAsync(new byte[] { 0x92, (byte)MessageCode.Rekey, 0x01 }, Bounded.Token()).AsTask());

        Assert.Equal(CloseCode.Handshake, exception.Code);
    }

    // The client has the relay's confirmation on the road and begins anew under the keys it should have left.
    [Fact]
    public async Task Relay_FirstUnderTheOldEpoch_Breaks()
    {
        using var pair = new RekeyPair();
        using HandshakeInitiator initiator = Initiator(pair, pair.Fixture.DeviceKey), again = Initiator(pair, pair.Fixture.DeviceKey);
        await BeginAsync(pair, initiator);
        await RekeyPair.SendAsync(pair.ClientSession, await AnswerAsync(pair, initiator));
        await pair.TakeAsync(pair.RelaySession);

        await RekeyPair.SendAsync(pair.ClientSession, FirstOf(again));

        await AssertBrokenAsync(pair, pair.RelaySession, epoch: 1);
    }

    [Fact]
    public async Task Relay_DataUnderKeysItHasNotConfirmed_DoesNotOpen()
    {
        using var pair = new RekeyPair();
        (MemoryPipe client, MemoryPipe relay) = pair.Open(Stream);
        using HandshakeInitiator initiator = Initiator(pair, pair.Fixture.DeviceKey);
        await BeginAsync(pair, initiator);
        ReadOnlyMemory<byte> second = await ReceiveRekeyAsync(pair.ClientSession);
        ThirdOf(initiator, second.Span, out SessionKeys made);
        using (made)
            Assert.True(pair.Client.Keys.TryStage(made));

        pair.Client.Keys.Switch(TimeSpan.MaxValue);
        await client.SendAsync(new Done(), endStream: false, Bounded.Token());

        await Assert.ThrowsAsync<InvalidOperationException>(() => RekeyPair.NextAsync(relay));
        Assert.Equal(0, pair.Relay.Keys.Epoch);
    }

    [Fact]
    public async Task Relay_RekeysFasterThanTheirKeysGo_Breaks()
    {
        using var pair = new RekeyPair(new RekeyLimits { EpochsLive = 100, ReplacedLife = TimeSpan.FromDays(10) }, new RekeyLimits { ReplacedLife = TimeSpan.FromDays(10) });
        for (int i = 0; i < RekeyLimits.Default.EpochsLive; i++)
            await pair.RekeyAsync();

        pair.Time.Advance(RekeyLimits.AgeSoftDefault);
        Task running = pair.ClientRekey.RunAsync(Bounded.Token());

        await AssertBrokenAsync(pair, pair.RelaySession, epoch: (byte)RekeyLimits.Default.EpochsLive);
        Assert.False(running.IsCompleted);
    }

    [Theory]
    [InlineData("second length")]
    [InlineData("first length")]
    [InlineData("third length")]
    [InlineData("odd length")]
    public async Task Client_Idle_TakesNothingButAWish(string what)
    {
        using var pair = new RekeyPair();

        await RekeyPair.SendAsync(pair.RelaySession, OfLength(what));

        await AssertBrokenAsync(pair, pair.ClientSession);
    }

    [Fact]
    public async Task Client_AskedTwice_Breaks()
    {
        using var pair = new RekeyPair();
        await RekeyPair.SendAsync(pair.RelaySession, []);
        await RekeyPair.SendAsync(pair.RelaySession, []);

        await pair.TakeAsync(pair.ClientSession);

        await AssertBrokenAsync(pair, pair.ClientSession);
    }

    [Fact]
    public async Task Client_AnotherRelaysKey_Breaks_AndNamesNobody()
    {
        using var pair = new RekeyPair();
        using X25519KeyPair other = X25519.GenerateKeyPair();
        await BeginAsync(pair);
        using var responder = new HandshakeResponder(other, HandshakePrologue.ForRekey(pair.Relay.Keys.LastHandshakeHash));
        await RekeyPair.SendAsync(pair.RelaySession, SecondOf(responder, (await ReceiveRekeyAsync(pair.RelaySession)).Span));

        await AssertBrokenAsync(pair, pair.ClientSession);
        Assert.False(pair.RelaySession.HasIncoming);
    }

    [Fact]
    public async Task Client_AnyByteOfTheSecondChanged_Breaks()
    {
        for (int at = 0; at < HandshakeMessage.SecondBytes; at += 7)
        {
            using var pair = new RekeyPair();
            await BeginAsync(pair);
            using HandshakeResponder responder = Responder(pair);
            byte[] second = SecondOf(responder, (await ReceiveRekeyAsync(pair.RelaySession)).Span);
            second[at] ^= 1;
            await RekeyPair.SendAsync(pair.RelaySession, second);

            await AssertBrokenAsync(pair, pair.ClientSession);
        }
    }

    [Fact]
    public async Task Client_SecondTwice_Breaks()
    {
        using var pair = new RekeyPair();
        await BeginAsync(pair);
        using HandshakeResponder responder = Responder(pair);
        byte[] second = SecondOf(responder, (await ReceiveRekeyAsync(pair.RelaySession)).Span);
        await RekeyPair.SendAsync(pair.RelaySession, second);
        await RekeyPair.SendAsync(pair.RelaySession, second);

        await pair.TakeAsync(pair.ClientSession);

        await AssertBrokenAsync(pair, pair.ClientSession);
    }

    [Fact]
    public async Task Client_ConfirmationUnderTheOldEpoch_Breaks()
    {
        using var pair = new RekeyPair();
        await BeginAsync(pair);
        using HandshakeResponder responder = Responder(pair);
        await RekeyPair.SendAsync(pair.RelaySession, SecondOf(responder, (await ReceiveRekeyAsync(pair.RelaySession)).Span));
        await pair.TakeAsync(pair.ClientSession);

        await RekeyPair.SendAsync(pair.RelaySession, []);

        await AssertBrokenAsync(pair, pair.ClientSession);
    }

    // The session stream's first frame under new keys is the confirmation, or the relay says what it has not confirmed it can.
    [Theory]
    [InlineData("a message")]
    [InlineData("an empty frame, then the confirmation")]
    [InlineData("a handshake message")]
    public async Task Client_SomethingElseFirstUnderNewKeys_Breaks(string what)
    {
        using var pair = new RekeyPair();
        await BeginAsync(pair);
        using HandshakeResponder responder = Responder(pair);
        await RekeyPair.SendAsync(pair.RelaySession, SecondOf(responder, (await ReceiveRekeyAsync(pair.RelaySession)).Span));
        await pair.TakeAsync(pair.ClientSession);
        Assert.True(responder.TryReadThird((await ReceiveRekeyAsync(pair.RelaySession)).Span, out SessionKeys? made));
        using (made)
            Assert.True(pair.Relay.Keys.TryStage(made));

        pair.Relay.Keys.Switch(TimeSpan.MaxValue);
        if (what.StartsWith("an empty", StringComparison.Ordinal))
        {
            pair.Relay.Move();
            await pair.RelaySession.SendMoveAsync(Bounded.Token());
        }

        if (what == "a message")
            await pair.RelaySession.SendAsync(new Done(), endStream: false, Bounded.Token());
        else
            await RekeyPair.SendAsync(pair.RelaySession, what == "a handshake message" ? OfLength("second length") : []);

        var exception = await Assert.ThrowsAsync<RekeyException>(() => pair.ServeAsync(pair.ClientSession).Within());
        Assert.Equal(CloseCode.Handshake, exception.Code);
        Assert.Equal(0, pair.Client.Keys.Epoch);
    }

    // All that a rekey sends, and each of its frames with any one byte changed.
    [Fact]
    public async Task Frames_AnyByteChanged_DoNotOpen()
    {
        using var pair = new RekeyPair();
        await BeginAsync(pair);
        byte[] frame = pair.RelaySession.Intercept();
        for (int at = 4; at < frame.Length; at += 5)
        {
            using var victim = new RekeyPair();
            await BeginAsync(victim);
            byte[] changed = victim.RelaySession.Intercept();
            changed[at] ^= 0x80;
            victim.ClientSession.Inject(changed);

            await Assert.ThrowsAsync<InvalidOperationException>(() => RekeyPair.NextAsync(victim.RelaySession));
        }
    }

    private static async Task AssertBrokenAsync(RekeyPair pair, MemoryPipe session, byte epoch = 0)
    {
        SessionKeys keys = session == pair.ClientSession ? pair.Client.Keys : pair.Relay.Keys;
        int live = keys.EpochsLive;
        bool mayStage = session == pair.ClientSession;

        var exception = await Assert.ThrowsAsync<RekeyException>(() => pair.TakeAsync(session));

        Assert.Equal(CloseCode.Handshake, exception.Code);
        Assert.Equal(epoch, keys.Epoch);
        Assert.Equal(live, keys.EpochsLive);
        Assert.True(mayStage || live == epoch + 1);
    }

    private static HandshakeInitiator Initiator(RekeyPair pair, X25519KeyPair device) =>
        new(device, pair.Fixture.Relay, HandshakePrologue.ForRekey(pair.Client.Keys.LastHandshakeHash));

    private static HandshakeResponder Responder(RekeyPair pair) => new(pair.Fixture.RelayKey, HandshakePrologue.ForRekey(pair.Relay.Keys.LastHandshakeHash));

    // The honest client's own first message.
    private static async Task BeginAsync(RekeyPair pair)
    {
        using var stop = new CancellationTokenSource();
        pair.Time.Advance(RekeyLimits.AgeSoftDefault);
        Task running = pair.ClientRekey.RunAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within());
    }

    // A first message by hand, which the relay answers.
    private static async Task<byte[]> BeginAsync(RekeyPair pair, HandshakeInitiator initiator)
    {
        byte[] first = FirstOf(initiator);
        await RekeyPair.SendAsync(pair.ClientSession, first);
        await pair.TakeAsync(pair.RelaySession);
        return first;
    }

    private static async Task<byte[]> AnswerAsync(RekeyPair pair, HandshakeInitiator initiator)
    {
        ReadOnlyMemory<byte> second = await ReceiveRekeyAsync(pair.ClientSession);
        byte[] third = ThirdOf(initiator, second.Span, out SessionKeys made);
        made.Dispose();
        return third;
    }

    private static byte[] FirstOf(HandshakeInitiator initiator)
    {
        byte[] first = new byte[HandshakeMessage.FirstBytes];
        initiator.WriteFirst(first);
        return first;
    }

    private static byte[] SecondOf(HandshakeResponder responder, ReadOnlySpan<byte> first)
    {
        byte[] second = new byte[HandshakeMessage.SecondBytes];
        Assert.True(responder.TryReadFirst(first));
        Assert.True(responder.TryWriteSecond(second));
        return second;
    }

    private static byte[] ThirdOf(HandshakeInitiator initiator, ReadOnlySpan<byte> second, out SessionKeys made)
    {
        byte[] third = new byte[HandshakeMessage.ThirdBytes];
        Assert.True(initiator.TryReadSecond(second));
        Assert.True(initiator.TryWriteThird(third, out SessionKeys? keys));
        made = keys;
        return third;
    }

    private static async Task<ReadOnlyMemory<byte>> ReceiveRekeyAsync(MemoryPipe session) =>
        MessageCodec.TryDecode(await RekeyPair.NextAsync(session), out ZeroKSync.Protocol.Messages.Rekey? rekey)
            ? rekey.HandshakeMessage
            : throw new InvalidOperationException("No REKEY.");

    private static byte[] OfLength(string what) => new byte[what switch
    {
        "nothing" => 0,
        "first length" => HandshakeMessage.FirstBytes,
        "second length" => HandshakeMessage.SecondBytes,
        "third length" => HandshakeMessage.ThirdBytes,
        _ => 100,
    }];
}

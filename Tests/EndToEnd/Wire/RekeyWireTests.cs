using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A session's keys changed by hand over QUIC, rightly and wrongly.</summary>
public sealed class RekeyWireTests : IAsyncLifetime
{
    private RekeySessions _sessions = null!;

    public async ValueTask InitializeAsync() => _sessions = await RekeySessions.StartAsync(configuration: null);

    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    [Fact]
    public async Task E_ENC_05_RekeysBetweenPushesAndPages_NothingIsLost()
    {
        RawSession writer = await _sessions.OpenAsync(), reader = await _sessions.OpenAsync();
        RawStream pushing = await writer.OpenAsync(), reading = await reader.OpenAsync();
        await reading.AskAsync<Subscribe, PullResponse>(new Subscribe(default));
        for (ulong seq = 1; seq <= 4; seq++)
        {
            await (seq % 2 == 0 ? writer : reader).RekeyAsync();
            PushAck ack = await pushing.AskAsync<Push, PushAck>(RekeySessions.Blob(seq));
            PullResponse page = await reading.ReceiveAsync<PullResponse>();

            Assert.Equal((seq, seq), (ack.Cursor.Value, Assert.Single(page.Entries).Cursor.Value));
            Assert.Equal((writer.Keys.Epoch, reader.Keys.Epoch), (pushing.Epoch, reading.Epoch));
        }

        Assert.Equal((2, 2), (writer.Keys.Epoch, reader.Keys.Epoch));
        await (await writer.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
    }

    // HELLO's proof is bound to the first handshake, and is the same before and after.
    [Fact]
    public async Task Hello_AfterARekey_IsStillHeld_AndProvesTheSameSession()
    {
        RawSession session = await _sessions.OpenAsync();
        await session.RekeyAsync();

        Assert.Equal(ErrorCode.UnexpectedMessage, (await session.Session.AskAsync<Hello, Error>(_sessions.Group.Hello(session))).Reason);
    }

    [Fact]
    public async Task Rekey_ByAnotherKeyThanTheDevices_ClosesWithItsCode()
    {
        RawSession session = await _sessions.OpenAsync();
        using X25519KeyPair other = X25519.GenerateKeyPair();

        await session.FinishRekeyAsync(await session.BeginRekeyAsync(other));

        await RekeySessions.AssertClosedAsync(session, CloseCode.Handshake);
    }

    [Fact]
    public async Task Rekey_ThirdTwice_ClosesWithItsCode()
    {
        RawSession session = await _sessions.OpenAsync();
        byte[] third = await session.FinishRekeyAsync(await session.BeginRekeyAsync(session.Key));

        await session.Session.SendAsync(new Rekey(third));

        await RekeySessions.AssertClosedAsync(session, CloseCode.Handshake);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(HandshakeMessage.ThirdBytes)]
    [InlineData(HandshakeMessage.SecondBytes)]
    [InlineData(HandshakeMessage.FirstBytes)]
    public async Task Rekey_Unasked_ClosesWithItsCode(int bytes)
    {
        RawSession session = await _sessions.OpenAsync();

        await session.Session.SendAsync(new Rekey(new byte[bytes]));

        await RekeySessions.AssertClosedAsync(session, CloseCode.Handshake);
    }

    [Fact]
    public async Task Rekey_BeforeHello_IsUnexpected()
    {
        RawSession session = await _sessions.ConnectAsync();

        Assert.Equal(ErrorCode.UnexpectedMessage, (await session.Session.AskAsync<Rekey, Error>(new Rekey(new byte[HandshakeMessage.FirstBytes]))).Reason);
        await session.Session.AskAsync<Hello, Welcome>(_sessions.Group.Hello(session, create: true));
    }

    [Fact]
    public async Task Frame_UnderKeysTheRelayHasNotConfirmed_ClosesWithItsCode()
    {
        RawSession session = await _sessions.OpenAsync();
        RawStream stream = await session.OpenAsync();
        await session.FinishRekeyAsync(await session.BeginRekeyAsync(session.Key), isSent: false);
        session.Keys.Switch(TimeSpan.MaxValue);

        await stream.SendAsync(new ListDevices());

        await RekeySessions.AssertClosedAsync(session, CloseCode.Authentication);
    }

    [Fact]
    public async Task Frame_UnderOldKeysAfterNewOnes_ClosesWithItsCode()
    {
        RawSession session = await _sessions.OpenAsync();
        RawStream stream = await session.OpenAsync();
        await stream.AskAsync<ListDevices, Devices>(new ListDevices());
        byte[] old = stream.Seal(MessageCodec.Encode(new ListDevices()));
        await session.RekeyAsync();
        await stream.Stream.WriteAsync(old, cancellationToken: Bounded.Token());
        await stream.ReceiveAsync<Devices>();
        await stream.AskAsync<ListDevices, Devices>(new ListDevices());

        await stream.Stream.WriteAsync(old, cancellationToken: Bounded.Token());

        await RekeySessions.AssertClosedAsync(session, CloseCode.Authentication);
    }
}

using System.Net;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A session's keys changed by hand over QUIC, rightly and wrongly.</summary>
public sealed class RekeyWireTests : IAsyncLifetime
{
    // The relay asks after a second and gives streams up a second after they should have moved; nothing here has to be faster than that.
    private const string Configuration = """{ "Gateway": { "RekeyAge": "00:00:01", "RekeyGrace": "00:00:01" } }""";

    private readonly ITransport _transport = TransportEngines.Create();
    private readonly List<IAsyncDisposable> _open = [];
    private readonly RawGroup _group = new();
    private RelayFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await RelayFixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        // Whatever a test did, the relay serves the next.
        await OpenAsync();
        foreach (IAsyncDisposable open in _open)
            await open.DisposeAsync();

        _group.Dispose();
        await _transport.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task E_ENC_05_RekeysBetweenPushesAndPages_NothingIsLost()
    {
        RawSession writer = await OpenAsync(), reader = await OpenAsync();
        RawStream pushing = await writer.OpenAsync(), reading = await reader.OpenAsync();
        await reading.AskAsync<Subscribe, PullResponse>(new Subscribe(default));
        for (ulong seq = 1; seq <= 4; seq++)
        {
            await (seq % 2 == 0 ? writer : reader).RekeyAsync();
            PushAck ack = await pushing.AskAsync<Push, PushAck>(Blob(seq));
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
        RawSession session = await OpenAsync();
        await session.RekeyAsync();

        Assert.Equal(ErrorCode.UnexpectedMessage, (await session.Session.AskAsync<Hello, Error>(_group.Hello(session))).Reason);
    }

    [Fact]
    public async Task Rekey_ByAnotherKeyThanTheDevices_ClosesWithItsCode()
    {
        RawSession session = await OpenAsync();
        using X25519KeyPair other = X25519.GenerateKeyPair();

        await session.FinishRekeyAsync(await session.BeginRekeyAsync(other));

        await AssertClosedAsync(session, CloseCode.Handshake);
    }

    [Fact]
    public async Task Rekey_ThirdTwice_ClosesWithItsCode()
    {
        RawSession session = await OpenAsync();
        byte[] third = await session.FinishRekeyAsync(await session.BeginRekeyAsync(session.Key));

        await session.Session.SendAsync(new Rekey(third));

        await AssertClosedAsync(session, CloseCode.Handshake);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(HandshakeMessage.ThirdBytes)]
    [InlineData(HandshakeMessage.SecondBytes)]
    [InlineData(HandshakeMessage.FirstBytes)]
    public async Task Rekey_Unasked_ClosesWithItsCode(int bytes)
    {
        RawSession session = await OpenAsync();

        await session.Session.SendAsync(new Rekey(new byte[bytes]));

        await AssertClosedAsync(session, CloseCode.Handshake);
    }

    [Fact]
    public async Task Rekey_BeforeHello_IsUnexpected()
    {
        RawSession session = await ConnectAsync();

        Assert.Equal(ErrorCode.UnexpectedMessage, (await session.Session.AskAsync<Rekey, Error>(new Rekey(new byte[HandshakeMessage.FirstBytes]))).Reason);
        await session.Session.AskAsync<Hello, Welcome>(_group.Hello(session, create: true));
    }

    [Fact]
    public async Task Frame_UnderKeysTheRelayHasNotConfirmed_ClosesWithItsCode()
    {
        RawSession session = await OpenAsync();
        RawStream stream = await session.OpenAsync();
        await session.FinishRekeyAsync(await session.BeginRekeyAsync(session.Key), isSent: false);
        session.Keys.Switch(TimeSpan.MaxValue);

        await stream.SendAsync(new ListDevices());

        await AssertClosedAsync(session, CloseCode.Authentication);
    }

    [Fact]
    public async Task Frame_UnderOldKeysAfterNewOnes_ClosesWithItsCode()
    {
        RawSession session = await OpenAsync();
        RawStream stream = await session.OpenAsync();
        await stream.AskAsync<ListDevices, Devices>(new ListDevices());
        byte[] old = stream.Seal(MessageCodec.Encode(new ListDevices()));
        await session.RekeyAsync();
        await stream.Stream.WriteAsync(old, cancellationToken: Bounded.Token());
        await stream.ReceiveAsync<Devices>();
        await stream.AskAsync<ListDevices, Devices>(new ListDevices());

        await stream.Stream.WriteAsync(old, cancellationToken: Bounded.Token());

        await AssertClosedAsync(session, CloseCode.Authentication);
    }

    [Fact]
    public async Task Straggler_AfterTheGrace_IsAbortedWithItsCode_AndTheSessionLives()
    {
        await RestartAsync();
        RawSession session = await OpenAsync();
        RawStream straggler = await session.OpenAsync();
        await straggler.AskAsync<Push, PushAck>(Blob(1));
        await session.RekeyAsync();
        await session.Session.SendAsync(new Presence(PresenceStatus.Active));

        var exception = await Assert.ThrowsAsync<TransportException>(async () =>
        {
            while (true)
                await straggler.ReceiveAsync();
        });

        Assert.Equal((long)CloseCode.OldEpoch, exception.ApplicationCode);
        await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
    }

    [Fact]
    public async Task Straggler_TheSessionStream_ClosesWithItsCode()
    {
        await RestartAsync();
        RawSession session = await OpenAsync();

        await session.RekeyAsync();

        await AssertClosedAsync(session, CloseCode.OldEpoch);
    }

    [Fact]
    public async Task Relay_AtItsLimit_AsksOnTheSessionStream()
    {
        await RestartAsync();
        RawSession session = await OpenAsync();

        Assert.Equal(0, (await session.Session.ReceiveAsync<Rekey>()).HandshakeMessage.Length);

        await session.RekeyAsync();
        await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
    }

    private static async Task AssertClosedAsync(RawSession session, CloseCode code) =>
        Assert.Equal((long)code, (await session.Connection.Closed.Within()).ApplicationCode);

    private async Task RestartAsync()
    {
        await _fixture.DisposeAsync();
        _fixture = await RelayFixture.StartAsync(configuration: Configuration);
    }

    private async Task<RawSession> ConnectAsync()
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(_fixture.Relay.Address.Host), _fixture.Relay.Address.Port);
        RawSession session = await RawSession.ConnectAsync(_transport, endPoint, _fixture.Relay.Address.RelayId);
        _open.Add(session);
        return session;
    }

    // The create flag has no effect at a group that exists.
    private async Task<RawSession> OpenAsync()
    {
        RawSession session = await ConnectAsync();
        await session.Session.AskAsync<Hello, Welcome>(_group.Hello(session, create: true));
        return session;
    }

    private static Push Blob(ulong seq)
    {
        byte[] envelope = RandomNumberGenerator.GetBytes(300);
        new EnvelopeHeader(default, new Sequence(seq), default).Write(envelope);
        return new Push(BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)), default, new Sequence(seq), new Sequence(seq), 0, envelope);
    }
}

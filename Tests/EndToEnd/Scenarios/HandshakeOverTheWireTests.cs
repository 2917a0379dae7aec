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
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>The scenarios of the handshake at a real relay, over both transports. Each ends with a whole session, and no other left.</summary>
public abstract class HandshakeOverTheWireTests(Func<ITransport> create) : IAsyncLifetime
{
    private readonly ITransport _transport = create();
    private readonly X25519KeyPair _device = X25519.GenerateKeyPair();
    private RelayFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await RelayFixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        using (var group = new RawGroup())
        {
            await using RawSession whole = await RawSession.ConnectAsync(_transport, EndPoint, _fixture.Relay.Address.RelayId);
            await whole.Session.AskAsync<Hello, Welcome>(group.Hello(whole, create: true));
        }

        await UntilNoSessionAsync();
        await _transport.DisposeAsync();
        await _fixture.DisposeAsync();
        _device.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task E_HS_01_02_03_CutAfterAMessage_TheRelayKeepsNothing(int messages)
    {
        RawHandshake handshake = await OpenAsync();
        byte[] first = handshake.MakeFirst();
        await handshake.SendAsync(first);
        if (messages >= 2)
        {
            byte[]? second = await handshake.ReadSecondAsync();
            Assert.NotNull(second);
            if (messages == 3)
            {
                Assert.True(handshake.TryMakeThird(second, out byte[]? third));
                await handshake.SendAsync(third);
            }
        }

        await handshake.DisposeAsync();

        await UntilNoSessionAsync();
        await using RawHandshake retry = await OpenAsync();
        Assert.False(retry.MakeFirst().AsSpan().SequenceEqual(first));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task E_HS_05_StreamEndsBeforeAMessage_OneCode(int messages)
    {
        await using RawHandshake handshake = await OpenAsync();
        if (messages == 0)
            await handshake.Stream.WriteAsync(default, endStream: true, Bounded.Token());
        else
            await handshake.SendAsync(handshake.MakeFirst(), endStream: true);

        await AssertRefusedAsync(handshake);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1215)]
    [InlineData(1217)]
    [InlineData(40 << 10)]
    public async Task E_HS_05_FirstMessageOfAnotherLength_OneCode(int length)
    {
        await using RawHandshake handshake = await OpenAsync();
        byte[] first = handshake.MakeFirst();

        await handshake.SendAsync([.. first.Take(length), .. new byte[Math.Max(0, length - first.Length)]]);

        await AssertRefusedAsync(handshake);
    }

    [Fact]
    public async Task E_HS_05_BitFlippedInTheFirstMessage_NoSessionComesOfIt()
    {
        for (int i = 0; i < 8; i++)
        {
            await using RawHandshake handshake = await OpenAsync();
            byte[] first = handshake.MakeFirst();
            Flip(first);
            await handshake.SendAsync(first);

            // Both halves are public keys, so the relay may answer; what it answers is for somebody else's handshake.
            if (await handshake.ReadSecondAsync() is { } second)
                Assert.False(handshake.TryMakeThird(second, out _));
            else
                await AssertRefusedAsync(handshake);
        }
    }

    [Fact]
    public async Task E_HS_05_BitFlippedInTheThirdMessage_OneCode()
    {
        for (int i = 0; i < 8; i++)
        {
            await using RawHandshake handshake = await OpenAsync();
            byte[] third = await MakeThirdAsync(handshake);
            Flip(third);
            await handshake.SendAsync(third);

            await AssertRefusedAsync(handshake);
        }
    }

    [Theory]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(0)]
    public async Task E_HS_05_ThirdMessageOfAnotherLength_OneCode(int length)
    {
        await using RawHandshake handshake = await OpenAsync();
        byte[] third = await MakeThirdAsync(handshake);

        await handshake.SendAsync([.. third.Take(length), .. new byte[Math.Max(0, length - third.Length)]]);

        await AssertRefusedAsync(handshake);
    }

    [Fact]
    public async Task E_HS_05_EachMessageInAWrongPlace_OneCode()
    {
        await using RawHandshake source = await OpenAsync();
        byte[] first = source.MakeFirst();
        await source.SendAsync(first);
        byte[] second = (await source.ReadSecondAsync())!;
        Assert.True(source.TryMakeThird(second, out byte[]? third));

        foreach (byte[] wrong in (byte[][])[second, third])
        {
            await using RawHandshake instead = await OpenAsync();
            await instead.SendAsync(wrong);
            await AssertRefusedAsync(instead);
        }

        foreach (byte[] wrong in (byte[][])[first, second, third])
        {
            await using RawHandshake after = await OpenAsync();
            await after.SendAsync(after.MakeFirst());
            Assert.NotNull(await after.ReadSecondAsync());
            await after.SendAsync(wrong);
            await AssertRefusedAsync(after);
        }
    }

    [Fact]
    public async Task E_HS_06_TwoAtOnceFromOneDevice_TheSecondTakesOver()
    {
        using var group = new RawGroup();
        byte[] secret = RandomNumberGenerator.GetBytes(X25519.KeyBytes);
        RawSession[] sessions = await Task.WhenAll(
            RawSession.ConnectAsync(_transport, EndPoint, _fixture.Relay.Address.RelayId, new X25519KeyPair(SecretBytes.CopyFrom(secret))),
            RawSession.ConnectAsync(_transport, EndPoint, _fixture.Relay.Address.RelayId, new X25519KeyPair(SecretBytes.CopyFrom(secret))));
        Assert.NotEqual(sessions[0].HandshakeHash, sessions[1].HandshakeHash);

        await sessions[0].Session.AskAsync<Hello, Welcome>(group.Hello(sessions[0], create: true));
        await sessions[1].Session.AskAsync<Hello, Welcome>(group.Hello(sessions[1]));

        Assert.Equal(ByeCode.Superseded, (await (await sessions[0].AcceptAsync()).ReceiveAsync<Bye>()).Reason);
        Assert.Equal(TransportErrorKind.ClosedByPeer, (await sessions[0].Connection.Closed.Within()).Kind);
        await (await sessions[1].OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
        foreach (RawSession session in sessions)
            await session.DisposeAsync();
    }

    private static async Task AssertRefusedAsync(RawHandshake handshake) =>
        Assert.Equal((long)CloseCode.Handshake, (await handshake.Connection.Closed.Within()).ApplicationCode);

    private static async Task<byte[]> MakeThirdAsync(RawHandshake handshake)
    {
        await handshake.SendAsync(handshake.MakeFirst());
        byte[]? second = await handshake.ReadSecondAsync();
        Assert.NotNull(second);
        Assert.True(handshake.TryMakeThird(second, out byte[]? third));
        return third;
    }

    private static void Flip(byte[] message)
    {
        int bit = RandomNumberGenerator.GetInt32(message.Length * 8);
        message[bit / 8] ^= (byte)(1 << (bit % 8));
    }

    private async Task<RawHandshake> OpenAsync()
    {
        TransportConnection connection = await _transport.ConnectAsync(new TransportConnectOptions { Alpn = Limits.Alpn, RemoteEndPoints = [EndPoint] }, Bounded.Token());
        return await RawHandshake.OpenAsync(connection, _device, _fixture.Relay.Address.RelayId);
    }

    private async Task UntilNoSessionAsync()
    {
        using var http = new HttpClient();
        CancellationToken token = Bounded.Token();
        while (!(await http.GetStringAsync(new Uri($"http://{_fixture.Relay.Http}/metrics"), token)).Contains("zks_gateway_sessions{} 0\n", StringComparison.Ordinal))
            token.ThrowIfCancellationRequested();
    }

    private IPEndPoint EndPoint => new(IPAddress.Parse(_fixture.Relay.Address.Host), _fixture.Relay.Address.Port);
}

public sealed class HandshakeOverQuicTests() : HandshakeOverTheWireTests(() => TransportEngines.Create());

public sealed class HandshakeOverWebSocketTests() : HandshakeOverTheWireTests(() => new WebSocketTransport(TestClock.System));

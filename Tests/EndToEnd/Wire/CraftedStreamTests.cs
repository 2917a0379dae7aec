using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A-PROTO-05 on streams: ends that never come or come at once, writes of nothing, resets at every place.</summary>
public sealed class CraftedStreamTests(CraftedRelay relay) : IClassFixture<CraftedRelay>
{
    // More than may live at once: each must give its place back.
    private const int Thousands = 3_000;
    private const int AtOnce = 200;
    private const long MemoryMax = 64 << 20;

    [Fact]
    public async Task A_PROTO_05_StreamsWithoutAnEnd_AreAnsweredAndTheSessionLives()
    {
        await using RawSession session = await relay.JoinAsync();
        for (int i = 0; i < AtOnce; i++)
            await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());

        await LivesAsync(session);
    }

    [Fact]
    public async Task A_PROTO_05_ThousandsOfEmptyStreams_EndAndCostNothing()
    {
        await using RawSession session = await relay.JoinAsync();
        long memory = relay.ResidentBytes;
        for (int i = 0; i < Thousands; i++)
        {
            RawStream stream = await session.OpenAsync();
            await stream.Stream.WriteAsync(default, endStream: true, Bounded.Token());
            Assert.Null(await stream.ReceiveAsync());
        }

        Assert.InRange(relay.ResidentBytes - memory, long.MinValue, MemoryMax);
        await LivesAsync(session);
    }

    [Fact]
    public async Task A_PROTO_05_ThousandsOfResets_AtEveryPlace_TheSessionLives()
    {
        await using RawSession session = await relay.JoinAsync();
        long memory = relay.ResidentBytes;
        for (int i = 0; i < Thousands; i++)
        {
            RawStream stream = await session.OpenAsync();
            byte[] frame = stream.Seal(MessageCodec.Encode(new ListDevices()));
            await stream.Stream.WriteAsync(frame.AsMemory(0, i % (frame.Length + 1)), cancellationToken: Bounded.Token());
            stream.Stream.AbortWrite(i % 9);
            stream.Stream.AbortRead(i % 9);
        }

        Assert.InRange(relay.ResidentBytes - memory, long.MinValue, MemoryMax);
        await LivesAsync(session);
    }

    [Fact]
    public async Task A_PROTO_05_WritesOfNothing_AreNothing()
    {
        await using RawSession session = await relay.JoinAsync();
        RawStream stream = await session.OpenAsync();
        for (int i = 0; i < Thousands; i++)
            await stream.Stream.WriteAsync(default, cancellationToken: Bounded.Token());

        await stream.AskAsync<ListDevices, Devices>(new ListDevices());
        await LivesAsync(session);
    }

    [Fact]
    public async Task A_PROTO_05_OneWayStreams_AreStopped()
    {
        await using RawSession session = await relay.JoinAsync();
        for (int i = 0; i < AtOnce; i++)
        {
            TransportStream stream = await session.Connection.OpenStreamAsync(StreamDirection.Unidirectional, Bounded.Token());
            TransportException stopped = await Assert.ThrowsAsync<TransportException>(async () =>
            {
                while (true)
                    await stream.WriteAsync(new byte[1_000], cancellationToken: Bounded.Token());
            });
            // Its code is known to the peer's QUIC library alone: that of this client keeps it to itself.
            Assert.Equal(TransportErrorKind.StreamStopped, stopped.Kind);
        }

        await LivesAsync(session);
    }

    [Fact]
    public async Task A_PROTO_05_FirstStreamOneWay_IsNoHandshake()
    {
        await using TransportConnection connection = await relay.DialAsync();
        TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Unidirectional, Bounded.Token());
        await stream.WriteAsync(new byte[1], cancellationToken: Bounded.Token());

        await ClosesAsync(connection, CloseCode.Handshake);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_PROTO_05_SessionStreamGivenUp_EndsTheSessionAlone(bool isReset)
    {
        await using RawSession session = await relay.JoinAsync();

        if (isReset)
            session.Session.Stream.AbortWrite(3);
        else
            await session.Session.Stream.WriteAsync(default, endStream: true, Bounded.Token());

        await ClosesAsync(session.Connection, CloseCode.None);
    }

    [Fact]
    public async Task A_PROTO_05_EndInsideTheHandshake_IsNoHandshake()
    {
        await using TransportConnection connection = await relay.DialAsync();
        TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());
        await stream.WriteAsync(new byte[] { 0, 0, 4 }, endStream: true, Bounded.Token());

        await ClosesAsync(connection, CloseCode.Handshake);
    }

    private async Task LivesAsync(RawSession session)
    {
        await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
        await relay.OthersAreServedAsync();
    }

    private async Task ClosesAsync(TransportConnection connection, CloseCode code)
    {
        TransportCloseReason reason = await connection.Closed.Within();
        Assert.Equal((TransportErrorKind.ClosedByPeer, (long)code), (reason.Kind, reason.ApplicationCode));
        await relay.OthersAreServedAsync();
    }
}

using System.Buffers.Binary;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A-PROTO-05 in frames: every border of a length, claims that nothing follows, and frames cut anywhere.</summary>
public sealed class CraftedFrameTests(CraftedRelay relay) : IClassFixture<CraftedRelay>
{
    private const int Claims = 200;

    // A quarter of what the claims of one session add up to.
    private const long MemoryMax = 48 << 20;

    [Theory]
    [InlineData(0u, CloseCode.Handshake)]
    [InlineData(1u, CloseCode.Handshake)]
    [InlineData(1_215u, CloseCode.Handshake)]
    [InlineData(1_217u, CloseCode.Handshake)]
    [InlineData((uint)Limits.FrameBytesBeforeWelcome, CloseCode.Handshake)]
    [InlineData((uint)Limits.FrameBytesBeforeWelcome + 1, CloseCode.Length)]
    [InlineData(0x7fff_ffffu, CloseCode.Length)]
    [InlineData(0x8000_0000u, CloseCode.Length)]
    [InlineData(uint.MaxValue, CloseCode.Length)]
    public async Task A_PROTO_05_LengthInTheHandshake_ClosesWithItsCode(uint length, CloseCode code)
    {
        await using TransportConnection connection = await relay.DialAsync();
        TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());

        await stream.WriteAsync(Header(length), cancellationToken: Bounded.Token());

        await ClosesAsync(connection, code);
    }

    [Theory]
    [InlineData(0u, CloseCode.Authentication)]
    [InlineData(1u, CloseCode.Authentication)]
    [InlineData(16u, CloseCode.Authentication)]
    [InlineData(17u, CloseCode.Authentication)]
    [InlineData((uint)Limits.FrameBytes, CloseCode.Authentication)]
    [InlineData((uint)Limits.FrameBytes + 1, CloseCode.Length)]
    [InlineData(uint.MaxValue, CloseCode.Length)]
    public async Task A_PROTO_05_LengthInASession_ClosesWithItsCode(uint length, CloseCode code)
    {
        await using RawSession session = await relay.JoinAsync();
        RawStream stream = await session.OpenAsync();

        // What the length says where it may, and nothing of it where it may not.
        byte[] body = new byte[length <= Limits.FrameBytes ? length : 0];
        await stream.Stream.WriteAsync((byte[])[.. Header(length), .. body], cancellationToken: Bounded.Token());

        await ClosesAsync(session.Connection, code);
    }

    [Theory]
    [InlineData((uint)Limits.FrameBytesBeforeWelcome + 1)]
    [InlineData((uint)Limits.FrameBytes)]
    public async Task A_PROTO_05_LengthOfASession_BeforeWelcome_IsTooLong(uint length)
    {
        await using RawSession session = await relay.ShakeHandsAsync();

        await session.Session.Stream.WriteAsync(Header(length), cancellationToken: Bounded.Token());

        await ClosesAsync(session.Connection, CloseCode.Length);
    }

    [Fact]
    public async Task A_PROTO_05_ClaimsOfTheLimit_TakeNoMemoryAndHoldNobodyUp()
    {
        await using RawSession session = await relay.JoinAsync();
        long memory = relay.ResidentBytes;
        for (int i = 0; i < Claims; i++)
            await (await session.OpenAsync()).Stream.WriteAsync((byte[])[.. Header(Limits.FrameBytes), 0], cancellationToken: Bounded.Token());

        await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());

        Assert.InRange(relay.ResidentBytes - memory, long.MinValue, MemoryMax);
        await relay.OthersAreServedAsync();
    }

    [Fact]
    public async Task A_PROTO_05_FrameCutAnywhere_IsOneFrame()
    {
        await using RawSession session = await relay.JoinAsync();
        RawStream stream = await session.OpenAsync();
        int length = FrameSize();
        for (int cut = 1; cut < length; cut++)
        {
            byte[] frame = stream.Seal(MessageCodec.Encode(new ListDevices()));
            await stream.Stream.WriteAsync(frame.AsMemory(0, cut), cancellationToken: Bounded.Token());
            // Its answer says that the first part has arrived by itself.
            await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
            await stream.Stream.WriteAsync(frame.AsMemory(cut), cancellationToken: Bounded.Token());
            await stream.ReceiveAsync<Devices>();
        }

        await relay.OthersAreServedAsync();
    }

    [Fact]
    public async Task A_PROTO_05_FrameEndedAnywhere_ClosesWithItsCode()
    {
        int length = FrameSize();
        for (int cut = 1; cut < length; cut++)
        {
            await using RawSession session = await relay.JoinAsync();
            RawStream stream = await session.OpenAsync();
            byte[] frame = stream.Seal(MessageCodec.Encode(new ListDevices()));

            await stream.Stream.WriteAsync(frame.AsMemory(0, cut), endStream: true, Bounded.Token());

            Assert.Equal((long)CloseCode.Length, (await session.Connection.Closed.Within()).ApplicationCode);
        }

        await relay.OthersAreServedAsync();
    }

    [Fact]
    public async Task A_PROTO_05_WellSealedNonsense_IsRefusedAndTheSessionLives()
    {
        await using RawSession session = await relay.JoinAsync();
        RawStream stream = await session.OpenAsync();
        foreach (byte[] nonsense in (byte[][])[[0x00], [0x90], [0xc1], [0xdd, 0xff, 0xff, 0xff, 0xff], [0x91, 0xcc, 0x20], [0x92, (byte)MessageCode.Ack, 0xc0], new byte[100_000]])
        {
            await stream.SendBytesAsync(nonsense);
            Assert.Equal(ErrorCode.InvalidMessage, (await stream.ReceiveAsync<Error>()).Reason);
        }

        // Empty ones mean nothing to either side: they are not answered.
        await stream.SendBytesAsync([]);
        await stream.AskAsync<ListDevices, Devices>(new ListDevices());
        await relay.OthersAreServedAsync();
    }

    private static byte[] Header(uint length)
    {
        byte[] header = new byte[FrameHeader.Size];
        BinaryPrimitives.WriteUInt32BigEndian(header, length);
        return header;
    }

    private static int FrameSize() => ZeroKSync.Session.FrameSealer.GetFrameSize(MessageCodec.Encode(new ListDevices()).Length);

    private async Task ClosesAsync(TransportConnection connection, CloseCode code)
    {
        TransportCloseReason reason = await connection.Closed.Within();
        Assert.Equal((TransportErrorKind.ClosedByPeer, (long)code), (reason.Kind, reason.ApplicationCode));
        await relay.OthersAreServedAsync();
    }
}

using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A-RES-02: a length that no frame may have is refused at its header, wherever it stands; a length that one may have costs nothing.</summary>
public sealed class GiantLengthTests
{
    // Of claims that come to a gigabyte.
    private const long GrowthBytesMax = 64 << 20;

    private static readonly uint[] Giants = [Limits.FrameBytes + 1, int.MaxValue, uint.MaxValue];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_RES_02_BeforeTheHandshake_ClosesWithItsCode(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        foreach (uint length in Giants)
        {
            await using TransportConnection connection = await relay.DialAsync();
            TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());

            await stream.WriteAsync(Header(length), cancellationToken: Bounded.Token());

            Assert.Equal((long)CloseCode.Length, (await connection.Closed.Within()).ApplicationCode);
        }

        await relay.PushByTheOtherAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_RES_02_BeforeWelcome_TheSmallerLimitCounts(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        RawSession session = await relay.ConnectAsync();

        await session.Session.Stream.WriteAsync(Header(Limits.FrameBytesBeforeWelcome + 1), cancellationToken: Bounded.Token());

        Assert.Equal((long)CloseCode.Length, (await session.Connection.Closed.Within()).ApplicationCode);
        await relay.PushByTheOtherAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_RES_02_OnARequestStream_ClosesWithItsCode(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        foreach (uint length in Giants)
        {
            RawSession session = await relay.JoinAsync();
            RawStream stream = await session.OpenAsync();

            await stream.Stream.WriteAsync(Header(length), cancellationToken: Bounded.Token());

            Assert.Equal((long)CloseCode.Length, (await session.Connection.Closed.Within()).ApplicationCode);
        }

        await relay.PushByTheOtherAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_RES_02_LargestLengthClaimedAThousandTimes_TakesNoMemory(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        await relay.PushByTheOtherAsync();
        long before = relay.Fixture.Relay.WorkingSetBytes;

        for (int i = 0; i < 5; i++)
        {
            RawSession session = await relay.JoinAsync();
            for (int j = 0; j < 200; j++)
            {
                RawStream stream = await session.OpenAsync();
                await stream.Stream.WriteAsync(Header(Limits.FrameBytes), cancellationToken: Bounded.Token());
            }
        }

        await relay.PushByTheOtherAsync(20);
        Assert.InRange(relay.Fixture.Relay.WorkingSetBytes - before, long.MinValue, GrowthBytesMax);
    }

    private static byte[] Header(uint length)
    {
        byte[] header = new byte[FrameHeader.Size];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header, length);
        return header;
    }
}

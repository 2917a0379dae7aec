using System.Security.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Wire;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>The scenarios of sealed frames at a real relay, over both transports: what does not authenticate ends the session, with one code, and changes nothing.</summary>
public sealed class FramesOverTheWireTests
{
    private const int Requests = 3_000;
    private const long GrowthBytesMax = 32 << 20;

    // A heap grows in steps, at a moment of its own: a round may have one. What each request leaves grows with every round.
    private const int RoundsMax = 3;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_ENC_01_BitFlippedInAPush_IsNeverStored(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        for (int i = 0; i < 6; i++)
        {
            RawSession session = await relay.JoinAsync();
            RawStream stream = await session.OpenAsync();
            byte[] frame = stream.Seal(MessageCodec.Encode(HostileSessions.Blob(1)));
            int bit = RandomNumberGenerator.GetInt32(FrameHeader.Size * 8, frame.Length * 8);
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            await stream.Stream.WriteAsync(frame, cancellationToken: Bounded.Token());

            Assert.Equal((long)CloseCode.Authentication, (await session.Connection.Closed.Within()).ApplicationCode);
        }

        await AssertNothingStoredAsync(relay);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_ENC_02_StreamEndsInsideAFrame_IsNeverServed(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        foreach (int length in (int[])[1, 3, 4, 5, 20, 300])
        {
            RawSession session = await relay.JoinAsync();
            RawStream stream = await session.OpenAsync();
            byte[] frame = stream.Seal(MessageCodec.Encode(HostileSessions.Blob(1)));
            await stream.Stream.WriteAsync(frame.AsMemory(0, length), endStream: true, Bounded.Token());

            Assert.Equal((long)CloseCode.Length, (await session.Connection.Closed.Within()).ApplicationCode);
        }

        await AssertNothingStoredAsync(relay);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_ENC_03_A_PROTO_02_FrameRepeatedReorderedOrMoved_EndsTheSession(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        foreach (string wrong in (string[])["repeated", "left out", "moved", "of another session"])
        {
            RawSession session = await relay.JoinAsync();
            RawStream stream = await session.OpenAsync();
            RawStream other = wrong == "of another session" ? await (await relay.JoinAsync()).OpenAsync() : await session.OpenAsync();
            byte[] request = MessageCodec.Encode(new ListDevices());
            byte[] first = stream.Seal(request), second = stream.Seal(request), elsewhere = other.Seal(request);
            byte[] sent = wrong switch
            {
                "repeated" => [.. first, .. first],
                "left out" => second,
                _ => elsewhere,
            };
            await stream.Stream.WriteAsync(sent, cancellationToken: Bounded.Token());

            Assert.Equal((long)CloseCode.Authentication, (await session.Connection.Closed.Within()).ApplicationCode);
        }

        await relay.PushByTheOtherAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_ENC_04_ThousandsOfRequests_NoTwoFramesAlike_AndMemoryStays(bool isWebSocket)
    {
        await using HostileSessions relay = await HostileSessions.StartAsync(isWebSocket);
        RawSession session = await relay.JoinAsync();
        RawStream stream = await session.OpenAsync();
        byte[] request = MessageCodec.Encode(new ListDevices());
        var seen = new HashSet<string>();
        long growth;
        int round = 0;
        await AskAsync(Requests / 3);
        do
        {
            long before = relay.Fixture.Relay.WorkingSetBytes;
            await AskAsync(Requests * 2 / 3);
            growth = relay.Fixture.Relay.WorkingSetBytes - before;
        }
        while (growth > GrowthBytesMax && ++round < RoundsMax);

        Assert.InRange(growth, long.MinValue, GrowthBytesMax);

        async Task AskAsync(int requests)
        {
            for (int i = 0; i < requests; i++)
            {
                byte[] frame = stream.Seal(request);
                Assert.True(seen.Add(Convert.ToBase64String(frame)));
                await stream.Stream.WriteAsync(frame, cancellationToken: Bounded.Token());
                await stream.ReceiveAsync<Devices>();
            }
        }
    }

    private static async Task AssertNothingStoredAsync(HostileSessions relay)
    {
        RawSession reader = await relay.JoinAsync();
        PullResponse page = await (await reader.OpenAsync()).AskAsync<Pull, PullResponse>(new Pull(default, 0, 0, Own: true));
        Assert.Equal((0UL, 0), (page.HeadCursor.Value, page.Entries.Count));
    }
}

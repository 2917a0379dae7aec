using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A-PROTO-05 at the port: datagrams that begin nothing (RFC 9000 sections 5.2.2, 6 and 14.1).</summary>
public sealed class CraftedDatagramTests : IClassFixture<CraftedRelay>, IDisposable
{
    private const int InitialBytesMin = 1_200;
    private const int Floods = 5_000;
    private const int AmplificationMax = 3;
    private const long MemoryMax = 64 << 20;
    private const uint VersionOne = 1;

    // Of those reserved to make others negotiate (section 15).
    private const uint VersionOfNobody = 0x1a2a_3a4a;
    private readonly CraftedRelay _relay;
    private readonly Socket _stranger = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _received = new byte[2_048];

    public CraftedDatagramTests(CraftedRelay relay)
    {
        _relay = relay;
        _stranger.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public void Dispose() => _stranger.Dispose();

    [Fact]
    public async Task A_PROTO_05_WrongVersion_IsAnsweredWithTheOneSpokenAndNoMoreBytesThanCame()
    {
        byte[] initial = LongHeader(VersionOfNobody, InitialBytesMin);

        await SendAsync(initial);
        byte[] answer = await ReceiveAsync();

        Assert.Equal(0u, BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(1)));
        Assert.True(IsAnswerTo(initial, answer));
        Assert.Equal(VersionOne, BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(^4)));
        Assert.True(answer.Length < initial.Length);
        await _relay.OthersAreServedAsync();
    }

    [Theory]
    [InlineData(VersionOne)]
    [InlineData(VersionOfNobody)]
    public async Task A_PROTO_05_TinyInitial_IsNotAnswered(uint version)
    {
        foreach (int length in (int[])[7, 23, 100, InitialBytesMin - 1])
            await SendAsync(LongHeader(version, length));

        // One socket's datagrams are taken in their order: the first answer is the last one's.
        byte[] last = LongHeader(VersionOfNobody, InitialBytesMin);
        await SendAsync(last);

        Assert.True(IsAnswerTo(last, await ReceiveAsync()));
        await _relay.OthersAreServedAsync();
    }

    [Fact]
    public async Task A_PROTO_05_GarbageDatagrams_AreDroppedAndCostNothing()
    {
        long memory = _relay.ResidentBytes;
        long sent = 0;
        for (int i = 0; i < Floods; i++)
        {
            byte[] garbage = RandomNumberGenerator.GetBytes(i % InitialBytesMin);
            sent += garbage.Length;
            await SendAsync(garbage);
        }

        byte[] last = LongHeader(VersionOfNobody, InitialBytesMin);
        long received = 0;
        byte[] answer;
        // A datagram may be lost in the flood, the last of them too: it is asked again until it is answered.
        do
        {
            await SendAsync(last);
            sent += last.Length;
            answer = await ReceiveAsync();
            received += answer.Length;
        }
        while (!IsAnswerTo(last, answer));

        Assert.InRange(received, 0, sent * AmplificationMax);
        Assert.InRange(_relay.ResidentBytes - memory, long.MinValue, MemoryMax);
        await _relay.OthersAreServedAsync();
    }

    // The ids are turned round, so that only who saw them believes the answer.
    private static bool IsAnswerTo(byte[] asked, byte[] answer) => answer.Length >= 14 && answer.AsSpan(6, 8).SequenceEqual(asked.AsSpan(15, 8));

    // Section 17.2: form and type, version, and two ids of 8 bytes.
    private static byte[] LongHeader(uint version, int length)
    {
        byte[] datagram = RandomNumberGenerator.GetBytes(Math.Max(length, 23));
        datagram[0] = 0xc0;
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(1), version);
        datagram[5] = 8;
        datagram[14] = 8;
        return datagram[..length];
    }

    private async Task SendAsync(byte[] datagram) => await _stranger.SendToAsync(datagram, SocketFlags.None, _relay.EndPoint, Bounded.Token());

    private async Task<byte[]> ReceiveAsync() => _received[..await _stranger.ReceiveAsync(_received, SocketFlags.None, Bounded.Token())];
}

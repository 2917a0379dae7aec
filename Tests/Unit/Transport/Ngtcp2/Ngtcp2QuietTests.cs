using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Tests.Unit.Transport.Ngtcp2;

/// <summary>What a connection sends where messages are small and each waits for an answer: by the engine's own record of every packet.</summary>
public sealed class Ngtcp2QuietTests
{
    private const string Alpn = "zks/test";
    private const int Exchanges = 200;

    // Of the handshake, and of the engine's probes for larger packets.
    private const int FirstPackets = 40;

    [Fact]
    public async Task Exchanges_OneAfterAnother_AreAcknowledgedByTheAnswerOrLater()
    {
        using var directory = new TempDirectory();
        await using (Ngtcp2Transport transport = Ngtcp2Transport.Create(new Ngtcp2Options { QlogDirectory = directory.Path }))
            await ExchangeAsync(transport);

        string[] logs = Directory.GetFiles(directory.Path);
        Assert.Equal(2, logs.Length);
        foreach (string log in logs)
        {
            // From an acknowledgement on: what came before it is no matter.
            Packet[] packets = [.. File.ReadLines(log).Select(Packet.Read).OfType<Packet>().Skip(FirstPackets).SkipWhile(packet => !packet.IsSent || !packet.HasAcknowledgement)];
            Assert.True(packets.Length > Exchanges);
            var received = new List<Packet>();
            foreach (Packet packet in packets)
            {
                if (!packet.IsSent)
                {
                    received.Add(packet);
                    continue;
                }

                // Whole ms: an acknowledgement that waited for one is of a later one.
                if (packet.IsAcknowledgementAlone && received is [{ IsAcknowledgementAlone: false } only])
                    Assert.True(packet.AtMs > only.AtMs, "a packet was acknowledged by itself, and at once");

                if (packet.HasAcknowledgement)
                    received.Clear();
            }
        }
    }

    private static async Task ExchangeAsync(Ngtcp2Transport transport)
    {
        using X509Certificate2 certificate = SelfSignedCertificate.Create(TestClock.System);
        await using TransportListener listener = await transport.ListenAsync(
            new TransportListenerOptions { Alpn = Alpn, Certificate = certificate, BindEndPoint = new IPEndPoint(IPAddress.Loopback, 0) }, Bounded.Token());
        Task<TransportConnection?> accepting = listener.AcceptAsync(Bounded.Token()).AsTask();
        await using TransportConnection client = await transport.ConnectAsync(new TransportConnectOptions { Alpn = Alpn, RemoteEndPoints = [listener.LocalEndPoint] }, Bounded.Token());
        await using TransportConnection server = (await accepting.Within())!;
        await using TransportStream mine = await client.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());
        await SendAsync(mine);
        await using TransportStream theirs = (await server.AcceptStreamAsync(Bounded.Token()))!;
        for (int i = 0; i < Exchanges; i++)
        {
            await TakeAsync(theirs);
            await SendAsync(theirs);
            await TakeAsync(mine);
            await SendAsync(mine);
        }

        await TakeAsync(theirs);
    }

    private static ValueTask SendAsync(TransportStream stream) => stream.WriteAsync(new byte[1], endStream: false, Bounded.Token());

    private static async Task TakeAsync(TransportStream stream) => Assert.Equal(1, await stream.ReadAsync(new byte[1], Bounded.Token()));

    private sealed record Packet(bool IsSent, long AtMs, bool HasAcknowledgement, bool IsAcknowledgementAlone)
    {
        // A record of the draft's JSON text sequence, or null for what is no packet with the connection's own keys.
        public static Packet? Read(string line)
        {
            using JsonDocument record = JsonDocument.Parse(line.TrimStart('\u001e'));
            string? name = record.RootElement.TryGetProperty("name", out JsonElement value) ? value.GetString() : null;
            if (name is not ("transport:packet_sent" or "transport:packet_received"))
                return null;

            JsonElement data = record.RootElement.GetProperty("data");
            if (data.GetProperty("header").GetProperty("packet_type").GetString() != "1RTT")
                return null;

            string?[] frames = [.. data.GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("frame_type").GetString())];
            return new Packet(name == "transport:packet_sent", record.RootElement.GetProperty("time").GetInt64(), frames.Contains("ack"), frames.All(frame => frame is "ack" or "padding"));
        }
    }
}

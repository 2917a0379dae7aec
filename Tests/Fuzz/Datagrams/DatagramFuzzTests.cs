using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Tests.Fuzz.Datagrams;

/// <summary>
/// A listener and a client with a connection between them, and hostile datagrams to both: from strangers, and from somebody on their path who
/// can send as either. Frames inside packets that open are the QUIC library's own concern.
/// </summary>
public sealed class DatagramFuzzTests : IDisposable
{
    private const string Alpn = "zks/fuzz";
    private const int Strangers = 4;
    private const int DatagramsPerRound = 32;
    private const int EchoBytes = 3_000;
    private const int HalfOpenMax = 64;

    // RFC 9000 section 8: to an address that is not proved, no more than three times what came from it.
    private const int AmplificationMax = 3;
    private const long KeptBytesMax = 16 << 20;
    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task Datagrams_Any_LeaveTheListenerServingAndTheConnectionExact()
    {
        // Two loops, so that datagrams are forwarded between them too.
        await using var transport = Ngtcp2Transport.Create(new Ngtcp2Options { ListenerLoops = 2 });
        await using TransportListener listener = await transport.ListenAsync(
            new TransportListenerOptions
            {
                Alpn = Alpn,
                Certificate = _certificate,
                HandshakeTimeout = TimeSpan.FromSeconds(1),
                MaxHalfOpen = HalfOpenMax,
                RetryAtHalfOpen = HalfOpenMax / 2,
                HandshakesPerAddressPerSecond = 1_000_000,
            },
            Bounded.Token());
        Task serving = ServeAsync(listener);
        using var path = new InPathForwarder(listener.LocalEndPoint);
        TransportConnection client = await ConnectAsync(transport, path.EndPoint);
        using var strangers = new StrangerSockets(Strangers, listener.LocalEndPoint);
        await EchoAsync(client, EchoBytes);
        foreach (Regression known in Regressions.Of("datagrams"))
            Send(path, strangers, known.Input, way: 0);

        long keptBefore = GC.GetTotalMemory(forceFullCollection: true);
        foreach ((int round, Random random) in FuzzPlan.Rounds("datagrams"))
        {
            byte[][] seen = path.Seen;
            for (int i = 0; i < DatagramsPerRound; i++)
                Send(path, strangers, HostileDatagrams.Make(random, seen), random.Next(4));

            await EchoAsync(client, EchoBytes);
            strangers.Receive();
            Assert.True(strangers.ReceivedBytes <= AmplificationMax * strangers.SentBytes, $"ZKS_SEED={FuzzPlan.Seed}, round {round}: amplified");
            Assert.InRange(listener.Statistics.HalfOpen, 0, HalfOpenMax);
        }

        // Unfinished handshakes have their deadline; what is left is the one connection.
        await UntilAsync(() => listener.Statistics is { HalfOpen: 0, Connections: 1 });
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - keptBefore, long.MinValue, KeptBytesMax);
        TransportConnection late = await ConnectAsync(transport, listener.LocalEndPoint);
        await EchoAsync(late, EchoBytes);
        await EchoAsync(client, EchoBytes);
        await listener.StopAcceptingAsync();
        await serving.Within();
    }

    private static void Send(InPathForwarder path, StrangerSockets strangers, byte[] datagram, int way)
    {
        if (way == 1)
            path.SendUp(datagram);
        else if (way == 2)
            path.SendDown(datagram);
        else
            strangers.Send(datagram);
    }

    private static Task<TransportConnection> ConnectAsync(ITransport transport, IPEndPoint to) =>
        transport.ConnectAsync(new TransportConnectOptions { Alpn = Alpn, RemoteEndPoints = [to] }, Bounded.Token()).AsTask();

    private static async Task EchoAsync(TransportConnection connection, int bytes)
    {
        byte[] sent = new byte[bytes];
        new Random(bytes).NextBytes(sent);
        await using TransportStream stream = await connection.OpenStreamAsync(StreamDirection.Bidirectional, Bounded.Token());
        await stream.WriteAsync(sent, endStream: true, Bounded.Token());
        byte[] received = new byte[bytes + 1];
        int count = 0;
        while (await stream.ReadAsync(received.AsMemory(count), Bounded.Token()) is > 0 and int read)
            count += read;

        Assert.True(received.AsSpan(0, count).SequenceEqual(sent), $"ZKS_SEED={FuzzPlan.Seed}: other bytes came back");
    }

    private static async Task ServeAsync(TransportListener listener)
    {
        while (await listener.AcceptAsync() is { } connection)
            _ = ServeAsync(connection);
    }

    private static async Task ServeAsync(TransportConnection connection)
    {
        byte[] buffer = new byte[EchoBytes];
        while (await connection.AcceptStreamAsync() is { } stream)
        {
            while (await stream.ReadAsync(buffer) is > 0 and int count)
                await stream.WriteAsync(buffer.AsMemory(0, count));

            await stream.WriteAsync(default, endStream: true);
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        CancellationToken bound = Bounded.Token();
        while (!holds())
        {
            bound.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Tests.Chaos.Transport;

/// <summary>Nothing is left of connections that are over, and a flood of half-open ones stays small.</summary>
// By itself: files and memory are the whole process's.
[Collection(nameof(LeakScenarios))]
[CollectionDefinition(nameof(LeakScenarios), DisableParallelization = true)]
public sealed class LeakScenarios : IDisposable
{
    private const string Alpn = "zks/test";
    private const int FloodDatagrams = 1000;

    // Heaps grow in steps, at a moment of their own: a round may have one. What each connection leaves grows with every round.
    private const int RoundsMax = 4;

    private readonly X509Certificate2 _certificate = SelfSignedCertificate.Create(TestClock.System);

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task Connections_OpenedAndClosed_LeaveNothing()
    {
        bool isLong = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") == "1";
        int total = isLong ? 100_000 : 5_000;
        await using Ngtcp2Transport transport = Ngtcp2Transport.Create();
        await using TransportListener listener = await ListenAsync(transport);
        Task serving = ServeAsync(listener);
        // A warm-up of the same kind: pools and code are there for good.
        await OpenAndCloseAsync(transport, listener, total / 2);
        await UntilGoneAsync(listener);
        int filesBefore = OpenFiles();
        long memoryBefore, memoryAfter;
        int round = 0;
        do
        {
            memoryBefore = ResidentBytes();
            await OpenAndCloseAsync(transport, listener, total);
            await UntilGoneAsync(listener);
            Assert.Equal(filesBefore, OpenFiles());
            memoryAfter = ResidentBytes();
        }
        while (memoryAfter > Most(memoryBefore) && ++round < RoundsMax);

        Assert.InRange(memoryAfter, 0, Most(memoryBefore));
        await listener.StopAcceptingAsync();
        await serving.Within();
    }

    // A-RES-01
    [Fact]
    public async Task A_RES_01_HalfOpenFlood_OthersAreServedAndMemoryStaysSmall()
    {
        await using Ngtcp2Transport transport = Ngtcp2Transport.Create();
        await using TransportListener listener = await ListenAsync(transport);
        Task serving = ServeAsync(listener);
        await OpenAndCloseAsync(transport, listener, 50);
        byte[] initial = await FirstDatagramAsync(transport);
        long memoryBefore = ResidentBytes();
        using var attacker = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        for (int i = 0; i < FloodDatagrams; i++)
        {
            // Another destination id each: to the listener another newcomer. Its packet does not open, but that is seen only after admission.
            System.Security.Cryptography.RandomNumberGenerator.Fill(initial.AsSpan(6, 8));
            await attacker.SendToAsync(initial, SocketFlags.None, listener.LocalEndPoint);
        }

        await OpenAndCloseAsync(transport, listener, 20);

        Assert.InRange(listener.Statistics.HalfOpen, 0, 256);
        Assert.InRange(ResidentBytes() - memoryBefore, long.MinValue, 64 << 20);
        await listener.StopAcceptingAsync();
        await serving.Within();
    }

    private static async Task ServeAsync(TransportListener listener)
    {
        while (await listener.AcceptAsync() is { } connection)
            _ = AnswerAsync(connection);
    }

    private static async Task AnswerAsync(TransportConnection connection)
    {
        while (await connection.AcceptStreamAsync() is { } stream)
        {
            await stream.ReadAsync(new byte[16]);
            await stream.WriteAsync(new byte[16], endStream: true);
        }
    }

    private static async Task OpenAndCloseAsync(ITransport transport, TransportListener listener, int count)
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, cancellationToken) =>
        {
            await using TransportConnection client = await transport.ConnectAsync(new TransportConnectOptions { Alpn = Alpn, RemoteEndPoints = [listener.LocalEndPoint] }, cancellationToken);
            await using TransportStream stream = await client.OpenStreamAsync(StreamDirection.Bidirectional, cancellationToken);
            await stream.WriteAsync(new byte[16], endStream: true, cancellationToken);
            while (await stream.ReadAsync(new byte[16], cancellationToken) > 0)
            {
            }
        });
    }

    // The closing period is over for all of them.
    private static async Task UntilGoneAsync(TransportListener listener)
    {
        CancellationToken bound = Bounded.Token();
        while (listener.Statistics.Connections > 0)
        {
            bound.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<byte[]> FirstDatagramAsync(ITransport transport)
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var giveUp = new CancellationTokenSource();
        Task<TransportConnection> connecting = transport.ConnectAsync(new TransportConnectOptions { Alpn = Alpn, RemoteEndPoints = [(IPEndPoint)silent.LocalEndPoint!] }, giveUp.Token).AsTask();
        byte[] datagram = new byte[2048];
        int length = await silent.ReceiveAsync(datagram, SocketFlags.None, Bounded.Token());
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Within());
        return datagram[..length];
    }

    private static long Most(long before) => before + (before / 20);

    private static int OpenFiles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line["VmRSS:".Length..].Replace("kB", string.Empty, StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<TransportListener> ListenAsync(ITransport transport) => await transport.ListenAsync(
        new TransportListenerOptions { Alpn = Alpn, Certificate = _certificate, HandshakesPerAddressPerSecond = 1_000_000 },
        Bounded.Token());
}

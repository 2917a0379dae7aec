using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Bench.Transport;

/// <summary>First packets of many clients that never go on: each is a whole handshake to a listener until it asks for proof of the address.</summary>
internal sealed class FloodRun(IReadOnlyList<byte[]> firstPackets)
{
    private const int DestinationIdOffset = 6;
    private const int DestinationIdBytes = 16;

    /// <summary>Lets so many clients of this machine begin towards a socket that is silent, and keeps what they said.</summary>
    public static async Task<FloodRun> PrepareAsync(int count, CancellationToken cancellationToken)
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 16 << 20 };
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using ITransport transport = Ngtcp2Transport.Create(new Ngtcp2Options { ResumptionsKept = 0 });
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var packets = new Dictionary<UInt128, byte[]>();
        var clients = new List<Task>();
        byte[] buffer = new byte[2048];
        while (packets.Count < count)
        {
            clients.Add(transport.ConnectAsync(HandshakeRun.Options((IPEndPoint)silent.LocalEndPoint!), giveUp.Token).AsTask());
            int length = await silent.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            packets.TryAdd(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(buffer.AsSpan(DestinationIdOffset, DestinationIdBytes)), buffer[..length]);
        }

        await giveUp.CancelAsync();
        await Task.WhenAll(clients).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new FloodRun([.. packets.Values]);
    }

    /// <summary>Sends them all, as fast as they go, from one address.</summary>
    public void Send(IPEndPoint listener)
    {
        using var attacker = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        foreach (byte[] packet in firstPackets)
            attacker.SendTo(packet, listener);
    }

    /// <returns>The p99 of a session's requests before, and from the moment the flood begins, in microseconds; and the memory it took, in MiB.</returns>
    public async Task<(double Before, double During, double MemoryMebibytes)> MeasureAsync(ITransport transport, int requests, CancellationToken cancellationToken)
    {
        await using EchoListener listener = await EchoListener.StartAsync(transport, cancellationToken, isGuarded: true);
        List<TransportConnection> connections = await TransportBench.ConnectAsync(transport, listener, 1, cancellationToken);
        await Requests.TimeAsync(connections[0], requests);
        double before = Quantiles.Of(await Requests.TimeAsync(connections[0], requests), 0.99);
        double memory = ResidentMebibytes();
        Task flood = Task.Run(() => Send(listener.Address), cancellationToken);
        double during = Quantiles.Of(await Requests.TimeAsync(connections[0], requests), 0.99);
        await flood;
        // Without these it was no flood, and the figures would mean nothing.
        ListenerStatistics seen = listener.Statistics;
        if (seen.HalfOpen + seen.ProofsAsked < firstPackets.Count / 2)
            throw new InvalidOperationException($"The listener met {seen.HalfOpen} unfinished handshakes and asked {seen.ProofsAsked} for proof: the flood was lost on its way.");

        double grown = ResidentMebibytes() - memory;
        await connections[0].DisposeAsync();
        return (before, during, grown);
    }

    private static double ResidentMebibytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / (double)(1 << 20);
    }
}

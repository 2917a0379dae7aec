using System.Globalization;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Bench.Transport;

/// <summary>
/// The transport alone, client and listener in one process on loopback, through the awaitable API the product uses. Each line may be set
/// beside a reference program's figure of the same run: the machine is shared, so only the ratio means something.
/// </summary>
internal sealed class TransportBench(TextWriter output, int rounds, TimeSpan length, ReferenceProgram? reference, TransportLine[] only)
{
    private const int WarmUpRequests = 5_000;
    private const int TimedRequests = 20_000;
    private const long BulkBytes = 1L << 30;
    private const int BulkWriteBytes = 256 << 10;
    private const int EthernetBytes = 1452;
    private const int HandshakesAtOnce = 16;
    private const int IdleConnections = 2_000;
    private const int FloodHandshakes = 1_000;
    private const int FloodRequests = 2_000;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using ITransport transport = TransportEngines.Create();
        Say($"engine {transport.Name}, {Environment.ProcessorCount} processors, {rounds} rounds, medians");
        var table = new ResultTable(output);
        foreach (TransportLine line in only.Length > 0 ? only : Enum.GetValues<TransportLine>())
        {
            await (line switch
            {
                TransportLine.Crowd => RequestsAsync(transport, new RequestShape(100, 8), 100_000, table, cancellationToken),
                TransportLine.Single => RequestsAsync(transport, new RequestShape(1, 64), 120_000, table, cancellationToken),
                TransportLine.Sequential => SequentialAsync(transport, table, cancellationToken),
                TransportLine.Bulk => BulkAsync(transport, "bulk, one stream", table, cancellationToken),
                TransportLine.BulkOverEthernet => BulkOverEthernetAsync(table, cancellationToken),
                TransportLine.Handshakes => HandshakesAsync(transport, table, cancellationToken),
                TransportLine.Flood => FloodAsync(transport, table, cancellationToken),
                _ => IdleAsync(table, cancellationToken),
            });
        }

        table.Print();
        return table.HasMissed ? 1 : 0;
    }

    private async Task RequestsAsync(ITransport transport, RequestShape shape, double target, ResultTable table, CancellationToken cancellationToken)
    {
        await using EchoListener listener = await EchoListener.StartAsync(transport, cancellationToken);
        List<TransportConnection> connections = await ConnectAsync(transport, listener, shape.Connections, cancellationToken);
        await Requests.RunAsync(shape, connections, length / 2);
        var own = new List<Measure>();
        var other = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            own.Add(await Measure.OfAsync(() => Requests.RunAsync(shape, connections, length)));
            other.Add(await ReferenceAsync($"thr conns={shape.Connections} depth={shape.InFlight} async reps=1 secs={Seconds}", cancellationToken));
        }

        table.Add($"requests {shape}, 256 B to 64 B", "1/s", own.Select(m => m.PerSecond), other, target, isLeast: true, own.Select(m => m.ProcessorMicroseconds), own.Select(m => m.BytesPerOperation));
        await CloseAsync(connections);
    }

    private async Task SequentialAsync(ITransport transport, ResultTable table, CancellationToken cancellationToken)
    {
        await using EchoListener listener = await EchoListener.StartAsync(transport, cancellationToken);
        List<TransportConnection> connections = await ConnectAsync(transport, listener, 1, cancellationToken);
        await Requests.TimeAsync(connections[0], WarmUpRequests);
        var p50 = new List<double>();
        var other = new List<double>();
        var cost = new List<Measure>();
        for (int round = 0; round < rounds; round++)
        {
            double[] times = [];
            cost.Add(await Measure.OfAsync(async () => (times = await Requests.TimeAsync(connections[0], TimedRequests)).Length));
            p50.Add(Quantiles.Median(times));
            other.Add(await ReferenceAsync($"lat async n={TimedRequests}", cancellationToken));
        }

        table.Add("one request after another, p50", "us", p50, other, 80, isLeast: false, cost.Select(m => m.ProcessorMicroseconds), cost.Select(m => m.BytesPerOperation));
        await CloseAsync(connections);
    }

    private async Task BulkOverEthernetAsync(ResultTable table, CancellationToken cancellationToken)
    {
        await using ITransport ordinary = Ngtcp2Transport.Create(new Ngtcp2Options { DatagramBytesMax = EthernetBytes });
        await BulkAsync(ordinary, $"bulk, one stream, datagrams of {EthernetBytes} bytes at most", table, cancellationToken);
    }

    private async Task BulkAsync(ITransport transport, string name, ResultTable table, CancellationToken cancellationToken)
    {
        await using EchoListener listener = await EchoListener.StartAsync(transport, cancellationToken);
        List<TransportConnection> connections = await ConnectAsync(transport, listener, 1, cancellationToken);
        byte[] block = new byte[BulkWriteBytes];
        var own = new List<Measure>();
        var other = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            own.Add(await Measure.OfAsync(async () =>
            {
                await using TransportStream stream = await connections[0].OpenStreamAsync(StreamDirection.Bidirectional, cancellationToken);
                for (long sent = 0; sent < BulkBytes; sent += block.Length)
                    await stream.WriteAsync(block, sent + block.Length >= BulkBytes, cancellationToken);

                byte[] reply = new byte[128];
                while (await stream.ReadAsync(reply, cancellationToken) > 0)
                {
                }

                return BulkBytes >> 20;
            }));
            other.Add(await ReferenceAsync($"bulk mb={BulkBytes >> 20} reps=1", cancellationToken));
        }

        table.Add(name, "MiB/s", own.Select(m => m.PerSecond), other, 600, isLeast: true, own.Select(m => m.ProcessorMicroseconds), own.Select(m => m.BytesPerOperation));
        await CloseAsync(connections);
    }

    private async Task HandshakesAsync(ITransport transport, ResultTable table, CancellationToken cancellationToken)
    {
        await using EchoListener listener = await EchoListener.StartAsync(transport, cancellationToken);
        // Nothing remembered: each handshake is a whole one.
        await using ITransport forgetful = Ngtcp2Transport.Create(new Ngtcp2Options { ResumptionsKept = 0 });
        var own = new List<Measure>();
        var other = new List<double>();
        for (int round = 0; round <= rounds; round++)
        {
            Measure measure = await Measure.OfAsync(() => HandshakeRun.RunAsync(forgetful, listener.Address, HandshakesAtOnce, length));
            if (round == 0)
                continue;

            own.Add(measure);
            other.Add(await ReferenceAsync($"hs par={HandshakesAtOnce} reps=1 secs={Seconds}", cancellationToken));
        }

        table.Add("full handshakes", "1/s", own.Select(m => m.PerSecond), other, 700, isLeast: true, own.Select(m => m.ProcessorMicroseconds), own.Select(m => m.BytesPerOperation));
    }

    private async Task FloodAsync(ITransport transport, ResultTable table, CancellationToken cancellationToken)
    {
        FloodRun flood = await FloodRun.PrepareAsync(FloodHandshakes, cancellationToken);
        var measured = new List<(double Before, double During, double MemoryMebibytes)>();
        for (int round = 0; round <= rounds; round++)
        {
            (double, double, double) one = await flood.MeasureAsync(transport, FloodRequests, cancellationToken);
            if (round > 0)
                measured.Add(one);
        }

        Say($"  p99 before {Quantiles.Median(measured.Select(m => m.Before)):0} us, from the flood's beginning on {Quantiles.Median(measured.Select(m => m.During)):0} us");
        table.Add($"flood of {FloodHandshakes} handshakes: p99 of {FloodRequests} requests, times that before", "x", measured.Select(m => m.During / m.Before), [], 5, isLeast: false, [], []);
        table.Add($"flood of {FloodHandshakes} handshakes: memory", "MiB", measured.Select(m => m.MemoryMebibytes), [], 64, isLeast: false, [], []);
    }

    private static async Task IdleAsync(ResultTable table, CancellationToken cancellationToken)
    {
        double bytes = await IdleMemory.MeasureAsync(IdleConnections, cancellationToken);
        table.Add($"listener's memory for each of {IdleConnections} idle connections", "KiB", [bytes / 1024], [], 64, isLeast: false, [], []);
    }

    internal static async Task<List<TransportConnection>> ConnectAsync(ITransport transport, EchoListener listener, int count, CancellationToken cancellationToken)
    {
        var connections = new List<TransportConnection>();
        for (int i = 0; i < count; i++)
            connections.Add(await transport.ConnectAsync(HandshakeRun.Options(listener.Address), cancellationToken));

        return connections;
    }

    private static async Task CloseAsync(List<TransportConnection> connections)
    {
        foreach (TransportConnection connection in connections)
            await connection.DisposeAsync();
    }

    private int Seconds => Math.Max(1, (int)length.TotalSeconds);

    private async Task<double> ReferenceAsync(string arguments, CancellationToken cancellationToken) =>
        reference is null ? double.NaN : await reference.RunAsync(arguments, cancellationToken);

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

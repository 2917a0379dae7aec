using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ZeroKSync.Bench.MainJob;
using ZeroKSync.Bench.Relay;
using ZeroKSync.Client;

namespace ZeroKSync.Bench.Push;

/// <summary>
/// Durable acknowledged pushes through the whole product: SDK, session, QUIC, gateway, grains, storage. Clients and relay share the
/// machine; the clients' own stores lie in memory, because in life they are on other disks.
/// </summary>
internal sealed class PushBench(FileInfo relayExecutable, TextWriter output, int rounds, TimeSpan length)
{
    private const int BlobBytes = 1024;
    private const int LatencyPushes = 300;
    private static readonly PushShape[] Shapes = [new(1, 64), new(100, 8)];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var disk = new Workspace(inMemory: false);
        using var memory = new Workspace(inMemory: true);
        Directory.CreateDirectory(disk.Sub("relay"));
        await using RelayProcess relay = await RelayProcess.StartAsync(relayExecutable.FullName, disk.Sub("relay"), disk.Sub("relay.log"), port: 0, "bench", cancellationToken);
        foreach (PushShape shape in Shapes)
            await MeasureShapeAsync(shape, relay, disk, memory, cancellationToken);

        await MeasureLatencyAsync(relay, memory, cancellationToken);
        return 0;
    }

    private async Task MeasureShapeAsync(PushShape shape, RelayProcess relay, Workspace disk, Workspace memory, CancellationToken cancellationToken)
    {
        List<SyncClient> clients = await OpenAsync(shape.Connections, relay, memory, cancellationToken);
        var rates = new List<double>();
        var ratios = new List<double>();
        var processor = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            double syncs = SyncRate.Measure(disk.Sub("relay"), TimeSpan.FromSeconds(1));
            TimeSpan relayBefore = relay.ProcessorTime;
            TimeSpan ownBefore = Process.GetCurrentProcess().TotalProcessorTime;
            (long pushes, TimeSpan elapsed) = await PushAsync(shape, clients, cancellationToken);
            double rate = pushes / elapsed.TotalSeconds;
            rates.Add(rate);
            ratios.Add(rate / syncs);
            processor.Add((relay.ProcessorTime - relayBefore + Process.GetCurrentProcess().TotalProcessorTime - ownBefore).TotalMicroseconds / pushes);
            Say($"  round {round + 1}: {rate:0} pushes/s, the disk {syncs:0} syncs/s");
        }

        Say($"push {shape}, {BlobBytes} B: median {Quantiles.Median(rates):0} durable acknowledged/s, {Quantiles.Median(ratios):0.00} x the disk's own sync rate, {Quantiles.Median(processor):0} us of processor a push (clients and relay)");
        foreach (SyncClient client in clients)
            await client.DisposeAsync();
    }

    private async Task<(long Pushes, TimeSpan Elapsed)> PushAsync(PushShape shape, List<SyncClient> clients, CancellationToken cancellationToken)
    {
        byte[] payload = RandomNumberGenerator.GetBytes(BlobBytes);
        long pushes = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(clients.SelectMany(client => Enumerable.Range(0, shape.InFlight).Select(_ => Task.Run(
            async () =>
            {
                while (watch.Elapsed < length)
                {
                    PushReceipt receipt = await client.PushAsync(payload, cancellationToken);
                    await receipt.Delivered.WaitAsync(cancellationToken);
                    Interlocked.Increment(ref pushes);
                }
            },
            cancellationToken))));
        return (pushes, watch.Elapsed);
    }

    // Each pushes into a group of its own: what a relay of many customers sees.
    private static async Task<List<SyncClient>> OpenAsync(int count, RelayProcess relay, Workspace memory, CancellationToken cancellationToken)
    {
        var clients = new List<SyncClient>();
        for (int i = 0; i < count; i++)
        {
            SyncClient client = await SyncClient.OpenAsync(
                new SyncClientOptions { DataDirectory = memory.Sub($"{count}-{i}"), DeviceName = "bench" }, cancellationToken);
            await client.CreateGroupAsync([relay.Address], cancellationToken);
            await client.ConnectAsync(cancellationToken);
            clients.Add(client);
        }

        return clients;
    }

    private async Task MeasureLatencyAsync(RelayProcess relay, Workspace memory, CancellationToken cancellationToken)
    {
        using var other = new Workspace(inMemory: true);
        await using SyncClient a = (await OpenAsync(1, relay, other, cancellationToken))[0];
        await using SyncClient b = await SyncClient.OpenAsync(new SyncClientOptions { DataDirectory = memory.Sub("reader"), DeviceName = "bench" }, cancellationToken);
        Invite invite = await a.CreateInviteAsync(cancellationToken: cancellationToken);
        await b.JoinAsync(invite.Link, cancellationToken);
        var receiver = new Receiver(b);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task read = receiver.ReadAsync(int.MaxValue, reading.Token);
        var latencies = new List<double>();
        for (int i = 0; i < LatencyPushes; i++)
        {
            Task arrived = receiver.WaitForNextAsync();
            long start = Stopwatch.GetTimestamp();
            await a.PushAsync(RandomNumberGenerator.GetBytes(BlobBytes), cancellationToken);
            await arrived.WaitAsync(cancellationToken);
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Say($"push to delivery when idle: p50 {Quantiles.Median(latencies):0.00} ms, p99 {Quantiles.Of(latencies, 0.99):0.00} ms over {LatencyPushes}");
        await reading.CancelAsync();
        await read.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

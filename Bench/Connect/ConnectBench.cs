using System.Diagnostics;
using System.Globalization;
using ZeroKSync.Bench.Relay;
using ZeroKSync.Bench.Transport;
using ZeroKSync.Transport;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Bench.Connect;

/// <summary>
/// Whole connects of members, QUIC and hybrid handshake and HELLO until WELCOME, client and relay on this machine, beside bare QUIC handshakes
/// of the same engine in the same run.
/// </summary>
internal sealed class ConnectBench(FileInfo relayExecutable, TextWriter output, int rounds, TimeSpan length)
{
    private const int AtOnce = 16;
    private const int SingleConnects = 300;
    private const double PerSecondTarget = 300;
    private const double MillisecondsTarget = 8;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var disk = new Workspace(inMemory: false);
        Directory.CreateDirectory(disk.Sub("relay"));
        await using RelayProcess relay = await RelayProcess.StartAsync(relayExecutable.FullName, disk.Sub("relay"), disk.Sub("relay.log"), port: 0, "bench", cancellationToken);
        await using ITransport transport = TransportEngines.Create();
        // Nothing remembered: each handshake of TLS is a whole one.
        await using ITransport forgetful = Ngtcp2Transport.Create(new Ngtcp2Options { ResumptionsKept = 0 });
        RelayGroup[] groups = [.. Enumerable.Range(0, AtOnce).Select(_ => new RelayGroup())];
        RelayMember[] members = [.. groups.Select(group => new RelayMember(group))];
        foreach (RelayMember member in members)
            await VisitAsync(member, transport, relay, create: true, cancellationToken);

        double rate = await MeasureCrowdAsync("with TLS tickets", members, transport, relay, cancellationToken);
        double whole = await MeasureCrowdAsync("whole TLS handshakes", members, forgetful, relay, cancellationToken);
        // Last: both programs are warm by now.
        double unloaded = await MeasureSingleAsync(members[0], transport, relay, cancellationToken);
        foreach (RelayMember member in members)
            member.Dispose();

        foreach (RelayGroup group in groups)
            group.Dispose();

        bool holds = unloaded < MillisecondsTarget && Math.Min(rate, whole) >= PerSecondTarget;
        Say($"targets: p50 below {MillisecondsTarget:0} ms unloaded, at least {PerSecondTarget:0}/s: {(holds ? "held" : "MISSED")}");
        return holds ? 0 : 1;
    }

    private async Task<double> MeasureSingleAsync(RelayMember member, ITransport transport, RelayProcess relay, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        TimeSpan before = relay.ProcessorTime;
        for (int i = 0; i < SingleConnects; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await VisitAsync(member, transport, relay, create: false, cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        double processor = (relay.ProcessorTime - before).TotalMicroseconds / SingleConnects;
        Say($"connect, one after another: p50 {Quantiles.Median(times):0.00} ms, p99 {Quantiles.Of(times, 0.99):0.00} ms over {SingleConnects}, relay {processor:0} us of processor each");
        return Quantiles.Median(times);
    }

    private async Task<double> MeasureCrowdAsync(string what, RelayMember[] members, ITransport transport, RelayProcess relay, CancellationToken cancellationToken)
    {
        await using EchoListener bare = await EchoListener.StartAsync(transport, cancellationToken);
        var rates = new List<double>();
        var ratios = new List<double>();
        var relayShare = new List<double>();
        var ownShare = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            double bareRate = await HandshakeRun.RunAsync(transport, bare.Address, AtOnce, length) / watch.Elapsed.TotalSeconds;
            TimeSpan relayBefore = relay.ProcessorTime;
            TimeSpan ownBefore = Process.GetCurrentProcess().TotalProcessorTime;
            (long connects, TimeSpan elapsed) = await ConnectAsync(members, transport, relay, cancellationToken);
            double rate = connects / elapsed.TotalSeconds;
            rates.Add(rate);
            ratios.Add(rate / bareRate);
            relayShare.Add((relay.ProcessorTime - relayBefore).TotalMicroseconds / connects);
            ownShare.Add((Process.GetCurrentProcess().TotalProcessorTime - ownBefore).TotalMicroseconds / connects);
        }

        Say($"connect, {AtOnce} at once, {what}: median {Quantiles.Median(rates):0}/s ({rates.Min():0} to {rates.Max():0}), {Quantiles.Median(ratios):0.00} x bare QUIC handshakes; processor: relay {Quantiles.Median(relayShare):0} us, clients {Quantiles.Median(ownShare):0} us each");
        return Quantiles.Median(rates);
    }

    private async Task<(long Connects, TimeSpan Elapsed)> ConnectAsync(RelayMember[] members, ITransport transport, RelayProcess relay, CancellationToken cancellationToken)
    {
        long connects = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(members.Select(member => Task.Run(
            async () =>
            {
                while (watch.Elapsed < length)
                {
                    await VisitAsync(member, transport, relay, create: false, cancellationToken);
                    Interlocked.Increment(ref connects);
                }
            },
            cancellationToken)));
        return (connects, watch.Elapsed);
    }

    // Connects, is welcomed, and leaves.
    private static async Task VisitAsync(RelayMember member, ITransport transport, RelayProcess relay, bool create, CancellationToken cancellationToken)
    {
        await using RelaySession _ = await member.ConnectAsync(transport, relay.Address, create, cancellationToken);
    }

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ZeroKSync.Bench.Relay;
using ZeroKSync.Client;

namespace ZeroKSync.Bench.MainJob;

/// <summary>
/// The main job, shown and checked: two devices pair, and what one pushes reaches the other through a relay that cannot read it and is
/// killed half-way. 0 only if all of it holds.
/// </summary>
internal sealed class MainJobRun(FileInfo relayExecutable, TextWriter output)
{
    private const int Blobs = 1000;
    private const int BlobBytes = 1024;
    private const int InFlight = 64;
    private const int FileBytes = 200_000;
    private const int LatencyPushes = 100;
    private const string PlantedText = "planted-plaintext-the-quick-brown-fox";
    private const string PlantedName = "planted-device-name-laptop";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
#pragma warning disable RS0030 // The program is its own composition root.
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
#pragma warning restore RS0030
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var workspace = new Workspace(inMemory: false);
            bool holds = await RunInAsync(workspace, either.Token);
            Say(holds ? "All of it holds." : "It does NOT hold.");
            return holds ? 0 : 1;
        }
        catch (SyncException exception)
        {
            Say($"Failed: {exception.Message}");
        }
        catch (InvalidOperationException exception)
        {
            Say($"Failed: {exception.Message}");
        }
        catch (OperationCanceledException)
        {
            Say($"Failed: not done within {Patience.TotalSeconds:0} s.");
        }

        return 1;
    }

    private async Task<bool> RunInAsync(Workspace workspace, CancellationToken cancellationToken)
    {
        string data = workspace.Sub("relay");
        Directory.CreateDirectory(data);
        string log = Path.Combine(data, "relay.log");
        RelayProcess relay = await RelayProcess.StartAsync(relayExecutable.FullName, data, log, port: 0, "bench", cancellationToken);
        try
        {
            Say($"Relay        {relay.Address.HostAndPort}, id {relay.Address.RelayId.ToHex()[..16]}...");
            await using SyncClient a = await OpenAsync(workspace.Sub("a"), PlantedName, cancellationToken);
            await using SyncClient b = await OpenAsync(workspace.Sub("b"), PlantedName + "-b", cancellationToken);
            await a.CreateGroupAsync([relay.Address], cancellationToken);
            await a.ConnectAsync(cancellationToken);
            Invite invite = await a.CreateInviteAsync(cancellationToken: cancellationToken);
            await b.JoinAsync(invite.Link, cancellationToken);
            Say($"Paired       {(await a.ListDevicesAsync(cancellationToken)).Count} devices in the group");

            List<byte[]> sent = Payloads();
            var receiver = new Receiver(b);
            using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task read = receiver.ReadAsync(sent.Count, reading.Token);
            (relay, TimeSpan pushing, TimeSpan outage) = await PushAllAsync(a, sent, relay, data, log, cancellationToken);
            await receiver.Complete.WaitAsync(cancellationToken);
            Say(string.Create(CultureInfo.InvariantCulture, $"Pushed       {sent.Count} blobs in {pushing.TotalSeconds:0.0} s, of which {outage.TotalSeconds:0.0} s the relay was killed, restarted and found again"));
            Say(string.Create(CultureInfo.InvariantCulture, $"Rate         {sent.Count / (pushing - outage).TotalSeconds:0} durable acknowledged pushes/s beside the outage"));
            await MeasureLatencyAsync(a, receiver, cancellationToken);
            await reading.CancelAsync();
            await EndAsync(read);
            bool isSame = Compare(sent, receiver.Received);
            // Killed once more: what lies in its log is searched as it is, not tidied up.
            await relay.KillAsync();
            bool isUnread = Search(data);
            return isSame && isUnread;
        }
        finally
        {
            await relay.DisposeAsync();
        }
    }

    private static Task<SyncClient> OpenAsync(string directory, string name, CancellationToken cancellationToken) =>
        SyncClient.OpenAsync(new SyncClientOptions { DataDirectory = directory, DeviceName = name }, cancellationToken);

    // A text, a file, and random blobs; each blob carries its number, so that order and loss show.
    private static List<byte[]> Payloads()
    {
        byte[] file = new byte[FileBytes];
        for (int at = 0; at + PlantedText.Length <= file.Length; at += PlantedText.Length)
            Encoding.ASCII.GetBytes(PlantedText, file.AsSpan(at));

        var payloads = new List<byte[]> { Encoding.UTF8.GetBytes(PlantedText), file };
        for (int i = 0; i < Blobs; i++)
            payloads.Add(RandomNumberGenerator.GetBytes(BlobBytes));

        return payloads;
    }

    private async Task<(RelayProcess Relay, TimeSpan Pushing, TimeSpan Outage)> PushAllAsync(
        SyncClient client, List<byte[]> sent, RelayProcess relay, string data, string log, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        using var window = new SemaphoreSlim(InFlight);
        var deliveries = new List<Task>();
        TimeSpan outage = TimeSpan.Zero;
        for (int i = 0; i < sent.Count; i++)
        {
            if (i == sent.Count / 2)
            {
                Say("Killed       the relay, with pushes in flight; started again");
                TimeSpan from = watch.Elapsed;
                int port = relay.Address.Port;
                await relay.KillAsync();
                await relay.DisposeAsync();
                relay = await RelayProcess.StartAsync(relayExecutable.FullName, data, log, port, "bench", cancellationToken);
                PushReceipt first = await client.PushAsync(sent[i], cancellationToken);
                await first.Delivered.WaitAsync(cancellationToken);
                outage = watch.Elapsed - from;
                continue;
            }

            await window.WaitAsync(cancellationToken);
            PushReceipt receipt = await client.PushAsync(sent[i], cancellationToken);
            deliveries.Add(DeliverAsync(receipt, window, cancellationToken));
        }

        await Task.WhenAll(deliveries);
        return (relay, watch.Elapsed, outage);
    }

    private static async Task DeliverAsync(PushReceipt receipt, SemaphoreSlim window, CancellationToken cancellationToken)
    {
        await receipt.Delivered.WaitAsync(cancellationToken);
        window.Release();
    }

    private async Task MeasureLatencyAsync(SyncClient client, Receiver receiver, CancellationToken cancellationToken)
    {
        var latencies = new List<double>();
        for (int i = 0; i < LatencyPushes; i++)
        {
            Task arrived = receiver.WaitForNextAsync();
            long start = Stopwatch.GetTimestamp();
            await client.PushAsync(RandomNumberGenerator.GetBytes(BlobBytes), cancellationToken);
            await arrived.WaitAsync(cancellationToken);
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Say(string.Create(CultureInfo.InvariantCulture, $"Latency      push on A to delivery on B: p50 {Quantiles.Median(latencies):0.0} ms, p99 {Quantiles.Of(latencies, 0.99):0.0} ms"));
    }

    private static async Task EndAsync(Task reading)
    {
        try
        {
            await reading;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    private bool Compare(List<byte[]> sent, IReadOnlyList<byte[]> received)
    {
        int expected = sent.Count + LatencyPushes;
        int same = sent.Zip(received).TakeWhile(pair => pair.First.AsSpan().SequenceEqual(pair.Second)).Count();
        bool isSame = same == sent.Count && received.Count == expected;
        Say($"Compared     {same} of {sent.Count} blobs are A's, in A's order; {received.Count} received, {expected} expected");
        return isSame;
    }

    private bool Search(string data)
    {
        (IReadOnlyList<string> found, long bytes) = PlaintextSearch.In(data, [PlantedText, PlantedName]);
        Say(found.Count == 0
            ? $"Searched     {bytes:N0} bytes of the relay's database, WAL, keys and log: no planted plaintext"
            : $"Searched     PLAINTEXT FOUND in {string.Join(", ", found)}");
        return found.Count == 0;
    }

    private void Say(string line) => output.WriteLine(line);
}

using System.Buffers.Binary;
using ZeroKSync.Client;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Relay;

namespace ZeroKSync.Tests.EndToEnd.Sync;

/// <summary>A relay killed while pushes are in flight loses none, doubles none and keeps the order.</summary>
public sealed class KillRestartTests
{
    private const int Blobs = 1000;
    private const int InFlight = 64;
    private const int ShortRounds = 3;
    private const int LongRounds = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task T_CONN_01_RelayKilledMidPush_NothingLostDoubledOrOutOfOrder()
    {
        int rounds = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") == "1" ? LongRounds : ShortRounds;
        for (int round = 1; round <= rounds; round++)
            await RunAsync(seed: round);
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        (SyncClient a, SyncClient b) = await fixture.PairAsync();
        using var stop = new CancellationTokenSource();
        var arrived = new List<int>();
        var complete = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task reading = ReadAsync(b, arrived, complete, stop.Token);

        int killAt = random.Next(100, 900);
        using var window = new SemaphoreSlim(InFlight);
        var deliveries = new List<Task>();
        Task killing = Task.CompletedTask;
        for (int i = 0; i < Blobs; i++)
        {
            await window.WaitAsync(Bounded.Token(Patience));
            if (i == killAt)
                killing = fixture.RestartAsync();

            byte[] payload = new byte[1024];
            random.NextBytes(payload);
            BinaryPrimitives.WriteInt32BigEndian(payload, i);
            PushReceipt receipt = await a.PushAsync(payload, Bounded.Token(Patience));
            deliveries.Add(DeliverAsync(receipt, window));
        }

        await killing.Within(Patience);
        await Task.WhenAll(deliveries).Within(Patience);
        await complete.Task.Within(Patience);
        // One more, so that a doubled blob would have shown before it.
        await a.PushAsync(Numbered(Blobs), Bounded.Token(Patience));
        await a.FlushAsync(Patience, Bounded.Token(Patience));
        await WaitForAsync(arrived, Blobs + 1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Within());

        lock (arrived)
            Assert.True(arrived.SequenceEqual(Enumerable.Range(0, Blobs + 1)), $"seed {seed}: {arrived.Count} arrived, {arrived.Distinct().Count()} of them different");
    }

    private static async Task ReadAsync(SyncClient client, List<int> arrived, TaskCompletionSource complete, CancellationToken cancellationToken)
    {
        await foreach (SyncedBlob blob in client.ReadAsync(cancellationToken))
        {
            lock (arrived)
            {
                arrived.Add(BinaryPrimitives.ReadInt32BigEndian(blob.Data.Span));
                if (arrived.Count == Blobs)
                    complete.TrySetResult();

                Monitor.PulseAll(arrived);
            }
        }
    }

    private static Task WaitForAsync(List<int> arrived, int count) => Task.Run(() =>
    {
        lock (arrived)
        {
            while (arrived.Count < count)
                Assert.True(Monitor.Wait(arrived, Patience), "The last blob did not arrive.");
        }
    });

    private static async Task DeliverAsync(PushReceipt receipt, SemaphoreSlim window)
    {
        await receipt.Delivered.Within(Patience);
        window.Release();
    }

    private static byte[] Numbered(int number)
    {
        byte[] payload = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        return payload;
    }
}

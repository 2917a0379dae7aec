using System.Collections.Concurrent;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Fuzz.Engine;
using ZeroKSync.Transport.InMemory;
using ZeroKSync.Transport.Ngtcp2;

namespace ZeroKSync.Tests.Fuzz.HostileRelay;

/// <summary>A client whose relay lies: nothing is lost, changed or delivered twice, every wait ends, and an honest session brings it level.</summary>
public sealed class HostileRelayFuzzTests
{
    [Fact]
    public async Task Client_AnyRelay_LosesNothingAndBecomesLevel()
    {
        var time = new FakeTimeProvider(TestClock.System.GetUtcNow());
        var network = new InMemoryNetwork();
        await using ClientRun run = await ClientRun.StartAsync(time, new InMemoryTransport(network, time), new InMemoryTransport(network, TestClock.System));
        await RunAsync("hostile-relay", run);
    }

    [Fact]
    public async Task Client_AnyRelayOverQuic_LosesNothingAndBecomesLevel()
    {
        await using var transport = Ngtcp2Transport.Create();
        await using ClientRun run = await ClientRun.StartAsync(new FakeTimeProvider(TestClock.System.GetUtcNow()), transport, transport);
        await RunAsync("hostile-relay-quic", run);
    }

    private static async Task RunAsync(string target, ClientRun run)
    {
        var unobserved = new ConcurrentQueue<Exception>();
        void Remember(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception);
        TaskScheduler.UnobservedTaskException += Remember;
        try
        {
            foreach ((int round, Random random) in FuzzPlan.Rounds(target))
            {
                try
                {
                    await run.RoundAsync(random);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    Assert.Fail($"{target}, ZKS_SEED={FuzzPlan.Seed}, round {round}: {exception}");
                }
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Remember;
        }

        Assert.DoesNotContain(unobserved, exception => exception.ToString().Contains("ZeroKSync.Client", StringComparison.Ordinal));
    }
}

using ZeroKSync.TestKit;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>
/// R-POWER, S-CONV-02: a relay killed over and over while everybody pushes. After each kill every acknowledged blob is there, under the cursor
/// it was acknowledged with, once, and no cursor is left out.
/// </summary>
public sealed class TortureTests
{
    private const int ShortRounds = 10;
    private const int LongRounds = 200;
    private const int Groups = 4;
    private const int DevicesPerGroup = 2;
    private const int Window = 64;

    [Fact]
    public async Task R_POWER_KilledAtRandomMomentsUnderLoad_KeepsEveryAcknowledgedBlobOnce()
    {
        int rounds = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") == "1" ? LongRounds : ShortRounds;
        int seed = int.TryParse(Environment.GetEnvironmentVariable("ZKS_SEED"), out int given) ? given : 20261129;
        TestContext.Current.TestOutputHelper?.WriteLine($"ZKS_SEED={seed}");
        var random = new Random(seed);
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await using ITransport transport = TransportEngines.Create();
        using var load = new PushLoad(transport, Groups, DevicesPerGroup, Window);
        for (int round = 1; round <= rounds; round++)
        {
            await load.ConnectAsync(fixture.Relay);
            Task<bool> pushing = load.PushAsync(int.MaxValue, random.Next(1, 3000), out Task reached);
            await Task.WhenAny(reached, pushing).Within();
            Assert.False(pushing.IsCompleted, $"round {round}, seed {seed}: the pushes ended before the kill");

            await fixture.Relay.KillAsync().Within();
            // They would learn it from the next relay; this is sooner, and what was answered and not read is lost as in a power cut.
            await load.DisconnectAsync();
            Assert.False(await pushing.Within());
            await fixture.StartAgainAsync();
        }

        await load.ConnectAsync(fixture.Relay);
        await load.VerifyAsync();
        await load.DisconnectAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} kills, {load.Acked} blobs acknowledged, {load.Duplicates} of them when they were sent again");
    }
}

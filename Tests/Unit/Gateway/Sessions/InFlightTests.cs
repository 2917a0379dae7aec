using ZeroKSync.Gateway.Sessions;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

public sealed class InFlightTests
{
    [Fact]
    public async Task StopAsync_NothingBegun_IsOverAtOnce()
    {
        var flight = new InFlight();

        await flight.StopAsync().Within();

        Assert.False(flight.TryBegin());
    }

    [Fact]
    public async Task StopAsync_TwoBegun_WaitsForBoth()
    {
        var flight = new InFlight();
        Assert.True(flight.TryBegin());
        Assert.True(flight.TryBegin());

        Task over = flight.StopAsync();

        Assert.False(flight.TryBegin());
        flight.End();
        Assert.False(over.IsCompleted);
        flight.End();
        await over.Within();
    }

    [Fact]
    public void End_BeforeItIsStopped_LetsMoreBegin()
    {
        var flight = new InFlight();
        Assert.True(flight.TryBegin());
        flight.End();

        Assert.True(flight.TryBegin());
        Assert.False(flight.StopAsync().IsCompleted);
    }
}

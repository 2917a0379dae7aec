using Microsoft.Extensions.Logging;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Unit.Gateway;

public sealed class ConnectionRefusalsTests
{
    [Fact]
    public void Add_AFlood_IsOneLineEveryTenSecondsWithTheCount()
    {
        var time = new FakeTimeProvider();
        var log = new Lines();
        var refusals = new ConnectionRefusals(new GatewayMetrics(), time, log);
        for (int i = 0; i < 1000; i++)
            refusals.Add(ConnectionRefusal.TooManyHandshakesFromAddress);

        Assert.Equal(["Refused 1 connections since the last such line, the latest for TooManyHandshakesFromAddress"], log.Written);
        time.Advance(RareLine.Silence);
        refusals.Add(ConnectionRefusal.Busy);

        Assert.Equal("Refused 1000 connections since the last such line, the latest for Busy", log.Written[^1]);
        Assert.Equal(2, log.Written.Count);
    }

    private sealed class Lines : ILogger<ConnectionRefusals>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}

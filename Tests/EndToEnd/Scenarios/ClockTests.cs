using System.Text;
using ZeroKSync.Client;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.EndToEnd.Relay;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>E-PQ-05: no clock is asked in handshake or HELLO, so devices whose clocks are wrong pair and sync.</summary>
public sealed class ClockTests
{
    public static TheoryData<TimeSpan> Offsets => [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(-5), TimeSpan.FromDays(5), TimeSpan.FromDays(-5)];

    [Theory]
    [MemberData(nameof(Offsets))]
    public async Task E_PQ_05_ClocksApart_DevicesPairAndSync(TimeSpan offset)
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        SyncClient right = await fixture.OpenAsync("right");
        SyncClient wrong = await fixture.OpenAsync(new SyncClientOptions { DataDirectory = fixture.Sub("wrong"), DeviceName = "wrong", TimeProvider = new ShiftedTimeProvider(offset) });
        await fixture.PairAsync(wrong, right);
        await using IAsyncEnumerator<SyncedBlob> toRight = right.ReadAsync(CancellationToken.None).GetAsyncEnumerator(Bounded.Token());
        await using IAsyncEnumerator<SyncedBlob> toWrong = wrong.ReadAsync(CancellationToken.None).GetAsyncEnumerator(Bounded.Token());

        await (await wrong.PushAsync("from a wrong clock"u8.ToArray(), Bounded.Token())).Delivered.Within();
        await (await right.PushAsync("from a right one"u8.ToArray(), Bounded.Token())).Delivered.Within();

        Assert.True(await toRight.MoveNextAsync());
        Assert.Equal("from a wrong clock", Encoding.UTF8.GetString(toRight.Current.Data.Span));
        Assert.True(await toWrong.MoveNextAsync());
        Assert.Equal("from a right one", Encoding.UTF8.GetString(toWrong.Current.Data.Span));
    }

    // The wrong one joins: an invite's life is the relay's to judge.
    [Theory]
    [MemberData(nameof(Offsets))]
    public async Task E_PQ_05_JoinerWithAWrongClock_ClaimsAnInviteThatLives(TimeSpan offset)
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        SyncClient right = await fixture.OpenAsync("right");
        SyncClient wrong = await fixture.OpenAsync(new SyncClientOptions { DataDirectory = fixture.Sub("wrong"), DeviceName = "wrong", TimeProvider = new ShiftedTimeProvider(offset) });

        await fixture.PairAsync(right, wrong);

        Assert.True(wrong.IsInGroup);
    }

    // The system's timers and durations, and another time of day.
    private sealed class ShiftedTimeProvider(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => TestClock.System.GetUtcNow() + offset;

        public override long GetTimestamp() => TestClock.System.GetTimestamp();

        public override long TimestampFrequency => TestClock.System.TimestampFrequency;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            TestClock.System.CreateTimer(callback, state, dueTime, period);
    }
}

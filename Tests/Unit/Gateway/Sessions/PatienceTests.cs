using ZeroKSync.Gateway.Sessions;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

public sealed class PatienceTests
{
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private int _expired;

    [Fact]
    public void Begin_NothingComes_ExpiresOnceAtTheEnd()
    {
        using Patience patience = New();

        patience.Begin(Allowed);
        _time.Advance(Allowed - TimeSpan.FromMilliseconds(1));
        Assert.Equal((0, false), (_expired, patience.IsOver));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        patience.End();
        patience.Begin(Allowed);
        _time.Advance(Allowed);

        Assert.Equal((1, true), (_expired, patience.IsOver));
    }

    [Fact]
    public void A_RES_03_Begin_ATrickle_CountsAllWaitsTogether()
    {
        using Patience patience = New();

        for (int i = 0; i < 30; i++)
        {
            Assert.Equal(0, _expired);
            patience.Begin(Allowed);
            _time.Advance(TimeSpan.FromSeconds(1));
            patience.End();
        }

        patience.Begin(Allowed);
        _time.Advance(TimeSpan.Zero);

        Assert.Equal(1, _expired);
    }

    [Fact]
    public void End_OwnWorkInBetween_IsNotCounted()
    {
        using Patience patience = New();

        for (int i = 0; i < 29; i++)
        {
            patience.Begin(Allowed);
            _time.Advance(TimeSpan.FromSeconds(1));
            patience.End();
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(0, _expired);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public void Renew_WhatWasWaitedForCame_CountsFromZero()
    {
        using Patience patience = New();
        patience.Begin(Allowed);
        _time.Advance(Allowed - TimeSpan.FromSeconds(1));
        patience.End();

        patience.Renew();
        patience.Begin(Allowed);
        _time.Advance(Allowed - TimeSpan.FromSeconds(1));

        Assert.Equal(0, _expired);
    }

    [Fact]
    public void Dispose_DuringAWait_DisarmsIt()
    {
        Patience patience = New();
        patience.Begin(Allowed);

        patience.Dispose();
        _time.Advance(Allowed);

        Assert.Equal((0, 0), (_expired, _time.ArmedTimers));
    }

    [Fact]
    public void Begin_TimerRunsEarly_ExpiresAtItsTimeNonetheless()
    {
        var time = new HastyTimeProvider(_time);
        using var patience = new Patience(time, () => _expired++);
        patience.Begin(Allowed);

        _time.Advance(Allowed - TimeSpan.FromMilliseconds(2));
        Assert.Equal(0, _expired);
        _time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Equal(1, _expired);
    }

    // As on a system whose timers run by a coarser clock than its timestamps.
    private sealed class HastyTimeProvider(TimeProvider inner) : TimeProvider
    {
        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new HastyTimer(inner.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class HastyTimer(ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) =>
            inner.Change(dueTime > TimeSpan.FromMilliseconds(2) ? dueTime - TimeSpan.FromMilliseconds(2) : dueTime, period);

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private Patience New() => new(_time, () => _expired++);
}

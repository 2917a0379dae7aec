using ZeroKSync.Transport;
using ZeroKSync.Transport.SystemNetQuic;

namespace ZeroKSync.Tests.Unit.Transport.SystemNetQuic;

public sealed class StreamGateTests
{
    private const StreamDirection Bidirectional = StreamDirection.Bidirectional;
    private static readonly TransportCloseReason Over = new(TransportErrorKind.IdleTimeout, null, string.Empty, IsPeer: false);
    private readonly StreamGate _gate = new(maxWaiting: 3);
    private readonly List<WaitingOpen> _served = [];

    public StreamGateTests() => _gate.Serve = (_, open) => _served.Add(open);

    [Fact]
    public void Enter_NothingGranted_Waits() => Assert.NotNull(_gate.Enter(Bidirectional));

    [Fact]
    public void Enter_Granted_GoesThroughAsOftenAsGranted()
    {
        _gate.Grant(2, 0);

        Assert.Null(_gate.Enter(Bidirectional));
        Assert.Null(_gate.Enter(Bidirectional));
        Assert.NotNull(_gate.Enter(Bidirectional));
        Assert.Equal(2, _gate.Opened);
    }

    [Fact]
    public void Enter_EachDirection_HasItsOwnLimit()
    {
        _gate.Grant(0, 1);

        Assert.NotNull(_gate.Enter(Bidirectional));
        Assert.Null(_gate.Enter(StreamDirection.Unidirectional));
    }

    [Fact]
    public void Enter_GrantedBeforeTheConnectionIsThere_Counts()
    {
        var early = new StreamGate(1);
        early.Grant(1, 0);

        Assert.Null(early.Enter(Bidirectional));
    }

    [Fact]
    public void Grant_ThoseWhoWait_AreServedInTurn()
    {
        WaitingOpen[] waiting = [_gate.Enter(Bidirectional)!, _gate.Enter(Bidirectional)!, _gate.Enter(Bidirectional)!];

        _gate.Grant(2, 0);

        Assert.Equal(waiting[..2], _served);
        _gate.Grant(1, 0);
        Assert.Equal(waiting, _served);
    }

    // Increments are told on the pool: a smaller word may come after a larger one that already counted it.
    [Fact]
    public void Grant_IncrementsInAnyOrder_SumUp()
    {
        _gate.Grant(5, 0);
        _gate.Grant(-3, 0);
        _gate.Grant(1, 0);

        for (int i = 0; i < 5; i++)
            Assert.Null(_gate.Enter(Bidirectional));

        Assert.NotNull(_gate.Enter(Bidirectional));
        _gate.Grant(2, 0);
        Assert.Empty(_served);
        _gate.Grant(1, 0);
        Assert.Single(_served);
    }

    [Fact]
    public void TryCancel_Waiting_LeavesTheNextGrantToTheNext()
    {
        WaitingOpen first = _gate.Enter(Bidirectional)!;
        WaitingOpen second = _gate.Enter(Bidirectional)!;

        Assert.True(_gate.TryCancel(Bidirectional, first));
        _gate.Grant(1, 0);

        Assert.Equal([second], _served);
        Assert.False(_gate.TryCancel(Bidirectional, second));
    }

    [Fact]
    public void Enter_TooManyWait_IsRefused()
    {
        _gate.Enter(Bidirectional);
        _gate.Enter(Bidirectional);
        _gate.Enter(StreamDirection.Unidirectional);

        var exception = Assert.Throws<TransportException>(() => _gate.Enter(Bidirectional));
        Assert.Equal(TransportErrorKind.LimitReached, exception.Kind);
    }

    [Fact]
    public async Task Close_WhoWaitsAndWhoComes_LearnsWhy()
    {
        WaitingOpen waiting = _gate.Enter(Bidirectional)!;

        _gate.Close(Over);

        Assert.Equal(TransportErrorKind.IdleTimeout, (await Assert.ThrowsAsync<TransportException>(() => waiting.Completion.Task)).Kind);
        Assert.Equal(TransportErrorKind.IdleTimeout, Assert.Throws<TransportException>(() => _gate.Enter(Bidirectional)).Kind);
    }
}

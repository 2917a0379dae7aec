namespace ZeroKSync.Client.Sync;

/// <summary>
/// Decides when to connect, wait and stop. It owns no clock, socket or randomness; <c>ConnectionMachine.approved.txt</c> beside its
/// tests is the same table in full.
/// </summary>
/// <remarks>
/// <code>
///             Wanted               Unwanted            Opened    Failed, transient      Failed, for good   RetryDue
/// Idle        Connecting: Connect  -                   -         -                      -                  -
/// Connecting  -                    Idle: Close         Active    Waiting: ArmTimer      Stopped            -
/// Active      -                    Idle: Close         -         Waiting: ArmTimer      Stopped            -
/// Waiting     Connecting: Cancel,  Idle: Cancel        -         -                      -                  before the time: ArmTimer
///             Connect                                                                                      else Connecting: Connect
/// Stopped     Connecting: Connect  Idle                -         -                      -                  -
/// </code>
/// A dash leaves everything as it is: events of a try that was given up arrive late and mean nothing.
/// </remarks>
internal static class ConnectionMachine
{
    public static (ConnectionState State, ConnectionActions Actions) Next(ConnectionState state, ConnectionEvent happened, DateTimeOffset now) =>
        (state.Phase, happened.Kind) switch
        {
            (ConnectionPhase.Idle or ConnectionPhase.Stopped, ConnectionEventKind.Wanted) => Connect(ConnectionState.Initial, ConnectionActions.None),
            (ConnectionPhase.Waiting, ConnectionEventKind.Wanted) => Connect(state, ConnectionActions.CancelTimer),
            (ConnectionPhase.Connecting or ConnectionPhase.Active, ConnectionEventKind.Unwanted) => (ConnectionState.Initial, ConnectionActions.Close),
            (ConnectionPhase.Waiting, ConnectionEventKind.Unwanted) => (ConnectionState.Initial, ConnectionActions.CancelTimer),
            (ConnectionPhase.Stopped, ConnectionEventKind.Unwanted) => (ConnectionState.Initial, ConnectionActions.None),
            (ConnectionPhase.Connecting, ConnectionEventKind.Opened) => (ConnectionState.Initial with { Phase = ConnectionPhase.Active }, ConnectionActions.None),
            (ConnectionPhase.Connecting or ConnectionPhase.Active, ConnectionEventKind.Failed) => Fail(state, happened, now),
            (ConnectionPhase.Waiting, ConnectionEventKind.RetryDue) when now < state.RetryAt => (state, ConnectionActions.ArmTimer),
            (ConnectionPhase.Waiting, ConnectionEventKind.RetryDue) => Connect(state, ConnectionActions.None),
            _ => (state, ConnectionActions.None),
        };

    private static (ConnectionState State, ConnectionActions Actions) Connect(ConnectionState state, ConnectionActions before) =>
        (state with { Phase = ConnectionPhase.Connecting, RetryAt = null }, before | ConnectionActions.Connect);

    private static (ConnectionState State, ConnectionActions Actions) Fail(ConnectionState state, ConnectionEvent happened, DateTimeOffset now)
    {
        if (!happened.IsTransient)
            return (new ConnectionState(ConnectionPhase.Stopped, 0, null, happened.Failure), ConnectionActions.None);

        var retryAt = now + Backoff.Delay(state.Failures, happened.Jitter, happened.RetryAfter);
        // The count stops growing where the delay does.
        int failures = Math.Min(state.Failures + 1, 16);
        return (new ConnectionState(ConnectionPhase.Waiting, failures, retryAt, happened.Failure), ConnectionActions.ArmTimer);
    }
}

using System.Globalization;
using System.Text;
using ZeroKSync.Client;
using ZeroKSync.Client.Sync;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Unit.ClientSdk.Sync;

public sealed class ConnectionMachineTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Next_EveryStateAndEvent_IsAsApproved()
    {
        string approved = File.ReadAllText(ApprovedPath()).ReplaceLineEndings("\n");
        Assert.Equal(approved, Table());
    }

    [Fact]
    public void Next_FailuresInARow_WaitLonger()
    {
        var state = ConnectionMachine.Next(ConnectionState.Initial, ConnectionEvent.Wanted, Now).State;
        var waits = new List<double>();
        var now = Now;
        for (int i = 0; i < 8; i++)
        {
            state = ConnectionMachine.Next(state, ConnectionEvent.Failed(SyncErrorKind.Unreachable, true, null, 0), now).State;
            waits.Add((state.RetryAt!.Value - now).TotalSeconds);
            now = state.RetryAt.Value;
            state = ConnectionMachine.Next(state, ConnectionEvent.RetryDue, now).State;
        }

        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], waits);
    }

    [Fact]
    public void Next_Opened_ForgetsTheFailures()
    {
        var state = new ConnectionState(ConnectionPhase.Connecting, 5, null, SyncErrorKind.Unreachable);
        Assert.Equal(
            new ConnectionState(ConnectionPhase.Active, 0, null, null),
            ConnectionMachine.Next(state, ConnectionEvent.Opened, Now).State);
    }

    private static string Table()
    {
        ConnectionState[] states =
        [
            ConnectionState.Initial,
            new(ConnectionPhase.Connecting, 2, null, SyncErrorKind.Unreachable),
            new(ConnectionPhase.Active, 0, null, null),
            new(ConnectionPhase.Waiting, 3, Now, SyncErrorKind.Unreachable),
            new(ConnectionPhase.Waiting, 3, Now + TimeSpan.FromSeconds(1), SyncErrorKind.Unreachable),
            new(ConnectionPhase.Stopped, 0, null, SyncErrorKind.Unauthorized),
        ];
        ConnectionEvent[] events =
        [
            ConnectionEvent.Wanted,
            ConnectionEvent.Unwanted,
            ConnectionEvent.Opened,
            ConnectionEvent.Failed(SyncErrorKind.RelayBusy, isTransient: true, TimeSpan.FromSeconds(20), jitter: 0.5),
            ConnectionEvent.Failed(SyncErrorKind.Unauthorized, isTransient: false, null, jitter: 0.5),
            ConnectionEvent.RetryDue,
        ];
        var text = new StringBuilder();
        foreach (var state in states)
        {
            foreach (var happened in events)
            {
                var (next, actions) = ConnectionMachine.Next(state, happened, Now);
                text.Append(CultureInfo.InvariantCulture, $"{Describe(state)} + {Describe(happened)} -> {Describe(next)}; {actions}\n");
            }
        }

        return text.ToString();
    }

    private static string Describe(ConnectionState state) =>
        string.Create(CultureInfo.InvariantCulture, $"{state.Phase}(failures {state.Failures}, retry {(state.RetryAt - Now)?.TotalSeconds.ToString(CultureInfo.InvariantCulture) ?? "-"}, {state.Failure?.ToString() ?? "-"})");

    private static string Describe(ConnectionEvent happened) => happened.Kind != ConnectionEventKind.Failed
        ? happened.Kind.ToString()
        : happened.IsTransient ? "Failed, transient" : "Failed, for good";

    private static string ApprovedPath() =>
        RepositoryRoot.File("Tests", "Unit", "ClientSdk", "Sync", "ConnectionMachine.approved.txt");
}

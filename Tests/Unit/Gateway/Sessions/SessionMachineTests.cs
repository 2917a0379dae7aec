using System.Text;
using ZeroKSync.Gateway.Sessions;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

public sealed class SessionMachineTests
{
    [Fact]
    public void Table_IsTheApprovedOne()
    {
        var table = new StringBuilder();
        foreach ((string name, SessionMachine machine) in Phases())
        {
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"{name}: frames up to {machine.FrameBytesMax}\n");
            table.Append("  session: ").AppendJoin(' ', Enum.GetValues<MessageCode>().Where(machine.ServesOnSession)).Append('\n');
            table.Append("  request: ").AppendJoin(' ', Enum.GetValues<MessageCode>().Where(machine.ServesOnRequest)).Append('\n');
        }

        Approved.Compare("Gateway/Sessions/SessionMachine.approved.txt", table.ToString());
    }

    // What happens to a session in each phase, and where it goes.
    [Fact]
    public void Transitions_AreTheApprovedOnes()
    {
        (string Name, Action<SessionMachine> Happen)[] events =
        [
            ("handshake done", machine => machine.HandshakeDone()),
            ("HELLO welcomed", machine => machine.HelloWelcomed()),
            ("HELLO restricted", machine => machine.HelloRestricted()),
            ("HELLO refused", machine => machine.HelloRefused()),
            ("JOIN", machine => machine.Joined()),
            ("over", machine => machine.Over()),
        ];
        var table = new StringBuilder();
        foreach ((string name, Action<SessionMachine> happen) in events)
        {
            foreach ((string from, SessionMachine machine) in Phases())
            {
                string to;
                try
                {
                    happen(machine);
                    to = machine.Phase.ToString();
                }
                catch (InvalidOperationException)
                {
                    to = "the caller's mistake";
                }

                table.Append(System.Globalization.CultureInfo.InvariantCulture, $"{name,-16} {from,-17} -> {to}\n");
            }
        }

        Approved.Compare("Gateway/Sessions/SessionTransitions.approved.txt", table.ToString());
    }

    [Fact]
    public void HelloRefused_ThirdTime_Ends()
    {
        SessionMachine machine = Handshaken();
        machine.HelloRefused();
        machine.HelloRefused();
        Assert.Equal(SessionPhase.AwaitingHello, machine.Phase);

        machine.HelloRefused();

        Assert.Equal(SessionPhase.Closing, machine.Phase);
    }

    [Fact]
    public void HelloRefused_InAnActiveSession_ChangesNothing()
    {
        SessionMachine machine = Handshaken();
        machine.HelloWelcomed();
        for (int i = 0; i < 10; i++)
            machine.HelloRefused();

        Assert.Equal(SessionPhase.Active, machine.Phase);
    }

    [Fact]
    public void Steps_OutOfOrder_AreTheCallersMistake()
    {
        Assert.Throws<InvalidOperationException>(() => new SessionMachine().Joined());
        Assert.Throws<InvalidOperationException>(() => Handshaken().HandshakeDone());
    }

    [Fact]
    public void Code_EveryReason_HasOne()
    {
        foreach (RefusalReason reason in Enum.GetValues<RefusalReason>())
            Assert.True(Enum.IsDefined(Refusals.Code(reason)));
    }

    private static IEnumerable<(string Name, SessionMachine Machine)> Phases()
    {
        yield return ("AwaitingHandshake", new SessionMachine());
        yield return ("AwaitingHello", Handshaken());
        SessionMachine joining = Handshaken();
        joining.Joined();
        yield return ("Joining", joining);
        SessionMachine restricted = Handshaken();
        restricted.HelloRestricted();
        yield return ("Restricted", restricted);
        SessionMachine active = Handshaken();
        active.HelloWelcomed();
        yield return ("Active", active);
        SessionMachine closing = Handshaken();
        closing.Over();
        yield return ("Closing", closing);
    }

    private static SessionMachine Handshaken()
    {
        var machine = new SessionMachine();
        machine.HandshakeDone();
        return machine;
    }
}

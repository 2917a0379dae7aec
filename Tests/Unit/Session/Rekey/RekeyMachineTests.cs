using System.Globalization;
using System.Text;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Rekey;

public sealed class RekeyMachineTests
{
    [Fact]
    public void Table_IsTheApprovedOne()
    {
        var table = new StringBuilder();
        foreach (bool isClient in (bool[])[true, false])
        {
            table.Append(isClient ? "client\n" : "relay\n");
            foreach (RekeyPhase phase in Enum.GetValues<RekeyPhase>())
            {
                foreach (RekeyInput input in Enum.GetValues<RekeyInput>())
                {
                    (RekeyPhase to, RekeyAction action) = RekeyMachine.Next(isClient, phase, input);
                    table.Append(CultureInfo.InvariantCulture, $"  {phase,-20} {input,-12} -> {to,-20} {action}\n");
                }
            }
        }

        Approved.Compare("Session/Rekey/RekeyMachine.approved.txt", table.ToString());
    }
}

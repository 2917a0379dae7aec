using System.Reflection;
using System.Text;
using ZeroKSync.Session;

namespace ZeroKSync.Tests.Unit.Session.Handshake;

/// <summary>Every step of both sides in every state, with a good message and a bad one: HandshakeTable.approved.txt is the whole table.</summary>
public sealed class HandshakeTableTests : IDisposable
{
    private static readonly (string Name, Action<HandshakeTableTests, HandshakeInitiator, bool> Take)[] InitiatorSteps =
    [
        ("write first", (_, side, isGood) => side.WriteFirst(new byte[HandshakeMessage.FirstBytes - (isGood ? 0 : 1)])),
        ("read second", (test, side, isGood) => Refuse(side.TryReadSecond(isGood ? test._second : test._second[1..]))),
        ("write third", (_, side, isGood) => Refuse(Take(side, new byte[HandshakeMessage.ThirdBytes - (isGood ? 0 : 1)]))),
    ];

    private static readonly (string Name, Action<HandshakeTableTests, HandshakeResponder, bool> Take)[] ResponderSteps =
    [
        ("read first", (test, side, isGood) => Refuse(side.TryReadFirst(isGood ? test._first : test._first[1..]))),
        ("write second", (_, side, isGood) => Refuse(side.TryWriteSecond(new byte[HandshakeMessage.SecondBytes - (isGood ? 0 : 1)]))),
        ("read third", (test, side, isGood) => Refuse(Read(side, isGood ? test._third : test._third[1..]))),
    ];

    private readonly HandshakeFixture _fixture = new();
    private readonly byte[] _first;
    private readonly byte[] _second;
    private readonly byte[] _third;

    public HandshakeTableTests()
    {
        using HandshakeInitiator initiator = _fixture.FixedInitiator();
        using HandshakeResponder responder = _fixture.FixedResponder();
        _first = HandshakeFixture.First(initiator);
        _second = HandshakeFixture.Second(responder, _first);
        _third = HandshakeFixture.Third(initiator, _second, out SessionKeys keys);
        keys.Dispose();
    }

    [Fact]
    public void Table_IsTheApprovedOne()
    {
        var table = new StringBuilder();
        table.Append("client\n");
        Append(table, InitiatorSteps, _fixture.FixedInitiator);
        table.Append("relay\n");
        Append(table, ResponderSteps, _fixture.FixedResponder);
        Approved.Compare("Session/Handshake/HandshakeTable.approved.txt", table.ToString());
    }

    public void Dispose() => _fixture.Dispose();

    private void Append<T>(StringBuilder table, (string Name, Action<HandshakeTableTests, T, bool> Take)[] steps, Func<T> create)
        where T : IDisposable
    {
        for (int taken = 0; taken <= steps.Length; taken++)
        {
            foreach ((string name, Action<HandshakeTableTests, T, bool> take) in steps)
            {
                foreach (bool isGood in new[] { true, false })
                {
                    using T side = create();
                    for (int i = 0; i < taken; i++)
                        steps[i].Take(this, side, true);

                    string before = StepOf(side);
                    string answer = "taken";
                    try
                    {
                        take(this, side, isGood);
                    }
                    catch (Refused)
                    {
                        answer = "false";
                    }
                    catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
                    {
                        answer = exception.GetType().Name;
                    }

                    table.Append(System.Globalization.CultureInfo.InvariantCulture, $"  {before,-11} {name,-12} {(isGood ? "good" : "bad"),-4} -> {StepOf(side),-11} {answer}\n");
                }
            }
        }
    }

    private static string StepOf(object side) =>
        side.GetType().GetField("_step", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(side)!.ToString()!;

    private static void Refuse(bool isTaken)
    {
        if (!isTaken)
            throw new Refused();
    }

    private static bool Take(HandshakeInitiator side, byte[] message)
    {
        bool isTaken = side.TryWriteThird(message, out SessionKeys? keys);
        keys?.Dispose();
        return isTaken;
    }

    private static bool Read(HandshakeResponder side, byte[] message)
    {
        bool isTaken = side.TryReadThird(message, out SessionKeys? keys);
        keys?.Dispose();
        return isTaken;
    }

    private sealed class Refused : Exception;
}

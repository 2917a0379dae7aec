namespace ZeroKSync.Session;

/// <summary>
/// Who may say what in a rekey, and what follows. It touches nothing; Tests/Unit/Session/Rekey/RekeyMachine.approved.txt is the whole table.
/// </summary>
/// <remarks>
/// <code>
/// client                Start                      Empty                Confirmation   Second
/// Idle                  AwaitingSecond: first      Asked                -              -
/// Asked                 AwaitingSecondAsked: first -                    -              -
/// AwaitingSecond        (not now)                  AwaitingSecondAsked  -              AwaitingConfirmation: third
/// AwaitingSecondAsked   (not now)                  -                    -              AwaitingConfirmation: third
/// AwaitingConfirmation  (not now)                  -                    Idle: switch   -
///
/// relay                 Ask                        First                  Third
/// Idle                  Asked: ask                 AwaitingThird: second  -
/// Asked                 (not now)                  AwaitingThird: second  -
/// AwaitingThird         (not now)                  -                      Idle: confirm
/// </code>
/// A dash, and every input that is not in an end's table, breaks the exchange.
/// </remarks>
public static class RekeyMachine
{
    /// <summary>Where an end goes from a phase, and what it does.</summary>
    public static (RekeyPhase Phase, RekeyAction Action) Next(bool isClient, RekeyPhase phase, RekeyInput input) => (isClient, phase, input) switch
    {
        (_, RekeyPhase.Broken, _) => (RekeyPhase.Broken, RekeyAction.Nothing),
        (true, RekeyPhase.Idle, RekeyInput.Start) => (RekeyPhase.AwaitingSecond, RekeyAction.SendFirst),
        (true, RekeyPhase.Asked, RekeyInput.Start) => (RekeyPhase.AwaitingSecondAsked, RekeyAction.SendFirst),
        (true, _, RekeyInput.Start) => (phase, RekeyAction.Nothing),
        (true, RekeyPhase.Idle, RekeyInput.Empty) => (RekeyPhase.Asked, RekeyAction.Nothing),
        (true, RekeyPhase.AwaitingSecond, RekeyInput.Empty) => (RekeyPhase.AwaitingSecondAsked, RekeyAction.Nothing),
        (true, RekeyPhase.AwaitingSecond or RekeyPhase.AwaitingSecondAsked, RekeyInput.Second) => (RekeyPhase.AwaitingConfirmation, RekeyAction.SendThird),
        (true, RekeyPhase.AwaitingConfirmation, RekeyInput.Confirmation) => (RekeyPhase.Idle, RekeyAction.Switch),
        (false, RekeyPhase.Idle, RekeyInput.Ask) => (RekeyPhase.Asked, RekeyAction.SendAsk),
        (false, _, RekeyInput.Ask) => (phase, RekeyAction.Nothing),
        (false, RekeyPhase.Idle or RekeyPhase.Asked, RekeyInput.First) => (RekeyPhase.AwaitingThird, RekeyAction.SendSecond),
        (false, RekeyPhase.AwaitingThird, RekeyInput.Third) => (RekeyPhase.Idle, RekeyAction.Confirm),
        _ => (RekeyPhase.Broken, RekeyAction.Break),
    };
}

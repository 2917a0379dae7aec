using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// Which message a session serves, and where it goes from there. It touches nothing; Tests/Unit/Gateway/Sessions/SessionMachine.approved.txt
/// is the whole table.
/// </summary>
/// <remarks>
/// <code>
///                     handshake done   HELLO welcomed   HELLO restricted   HELLO refused               JOIN       over
/// AwaitingHandshake   AwaitingHello    -                -                  -                           -          Closing
/// AwaitingHello       -                Active           Restricted         itself; the third: Closing  Joining    Closing
/// Joining             -                -                -                  -                           -          Closing
/// Restricted          -                Active           Restricted         itself                      -          Closing
/// Active              -                Active           Restricted         itself                      -          Closing
/// Closing             -                itself           itself             itself                      -          Closing
/// </code>
/// A dash is the caller's mistake. A HELLO that was being decided when the session ended changes nothing.
/// </remarks>
public sealed class SessionMachine
{
    private int _refusedHellos;

    public SessionPhase Phase { get; private set; } = SessionPhase.AwaitingHandshake;

    /// <summary>Largest frame body from the client now.</summary>
    public int FrameBytesMax => Phase is SessionPhase.Active ? Limits.FrameBytes : Limits.FrameBytesBeforeWelcome;

    public void HandshakeDone() => Move(SessionPhase.AwaitingHandshake, SessionPhase.AwaitingHello);

    public void HelloWelcomed() => Hello(SessionPhase.Active);

    public void HelloRestricted() => Hello(SessionPhase.Restricted);

    /// <summary>The third one before WELCOME ends the session.</summary>
    public void HelloRefused() =>
        Hello(Phase == SessionPhase.AwaitingHello && ++_refusedHellos >= Limits.Hellos ? SessionPhase.Closing : Phase);

    public void Joined() => Move(SessionPhase.AwaitingHello, SessionPhase.Joining);

    public void Over() => Phase = SessionPhase.Closing;

    /// <summary>Whether the session stream takes this message now.</summary>
    public bool ServesOnSession(MessageCode code) => Phase switch
    {
        SessionPhase.AwaitingHello => code is MessageCode.Hello or MessageCode.Join or MessageCode.Bye,
        SessionPhase.Joining => code is MessageCode.Bye,
        SessionPhase.Restricted => code is MessageCode.Hello or MessageCode.Bye or MessageCode.Presence or MessageCode.Rekey,
        SessionPhase.Active => code is MessageCode.Hello or MessageCode.Bye or MessageCode.Presence or MessageCode.Rekey,
        _ => false,
    };

    /// <summary>Whether a request stream takes this message now. What the relay knows and does not serve yet is not among them.</summary>
    public bool ServesOnRequest(MessageCode code) => Phase switch
    {
        SessionPhase.Joining => code is MessageCode.InviteClaim,
        SessionPhase.Restricted => code is MessageCode.GetRotations,
        SessionPhase.Active => code is MessageCode.Push or MessageCode.Pull or MessageCode.Ack or MessageCode.Subscribe
            or MessageCode.Refill or MessageCode.Delete or MessageCode.RevokeDevice or MessageCode.RotateKey or MessageCode.GetRotations
            or MessageCode.ListDevices or MessageCode.InviteCreate or MessageCode.InviteCancel
            or MessageCode.RegisterPush or MessageCode.UnregisterPush,
        _ => false,
    };

    private void Hello(SessionPhase to)
    {
        if (Phase == SessionPhase.Closing)
            return;

        if (Phase is not (SessionPhase.AwaitingHello or SessionPhase.Restricted or SessionPhase.Active))
            throw new InvalidOperationException($"No HELLO is answered in {Phase}.");

        Phase = to;
    }

    private void Move(SessionPhase from, SessionPhase to)
    {
        if (Phase != from)
            throw new InvalidOperationException($"A session goes to {to} from {from}, not from {Phase}.");

        Phase = to;
    }
}

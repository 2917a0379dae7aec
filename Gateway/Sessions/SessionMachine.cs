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
/// </code>
/// </remarks>
public sealed class SessionMachine
{
    private int _refusedHellos;

    public SessionPhase Phase { get; private set; } = SessionPhase.AwaitingHandshake;

    /// <summary>Largest frame body from the client now.</summary>
    public int FrameBytesMax => Phase is SessionPhase.Active ? Limits.FrameBytes : Limits.FrameBytesBeforeWelcome;

    public void HandshakeDone() => Move(SessionPhase.AwaitingHandshake, SessionPhase.AwaitingHello);

    public void HelloWelcomed() => Phase = SessionPhase.Active;

    public void HelloRestricted() => Phase = SessionPhase.Restricted;

    /// <summary>The third one before WELCOME ends the session.</summary>
    public void HelloRefused()
    {
        if (Phase == SessionPhase.AwaitingHello && ++_refusedHellos >= Limits.Hellos)
            Phase = SessionPhase.Closing;
    }

    public void Joined() => Move(SessionPhase.AwaitingHello, SessionPhase.Joining);

    public void Over() => Phase = SessionPhase.Closing;

    /// <summary>Whether the session stream takes this message now.</summary>
    public bool ServesOnSession(MessageCode code) => Phase switch
    {
        SessionPhase.AwaitingHello => code is MessageCode.Hello or MessageCode.Join or MessageCode.Bye,
        SessionPhase.Joining => code is MessageCode.Bye,
        SessionPhase.Restricted => code is MessageCode.Hello or MessageCode.Bye or MessageCode.Presence,
        SessionPhase.Active => code is MessageCode.Hello or MessageCode.Bye or MessageCode.Presence,
        _ => false,
    };

    /// <summary>Whether a request stream takes this message now. What the relay knows and does not serve yet is not among them.</summary>
    public bool ServesOnRequest(MessageCode code) => Phase switch
    {
        SessionPhase.Joining => code is MessageCode.InviteClaim,
        SessionPhase.Active => code is MessageCode.Push or MessageCode.Pull or MessageCode.Ack or MessageCode.Subscribe
            or MessageCode.ListDevices or MessageCode.InviteCreate or MessageCode.InviteCancel
            or MessageCode.RegisterPush or MessageCode.UnregisterPush,
        _ => false,
    };

    private void Move(SessionPhase from, SessionPhase to)
    {
        if (Phase != from)
            throw new InvalidOperationException($"A session goes to {to} from {from}, not from {Phase}.");

        Phase = to;
    }
}

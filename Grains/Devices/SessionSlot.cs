using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Devices;

/// <summary>
/// Which session is a device's, and how far the group's head has come: pure, with the time passed in. A newer session takes the place of an
/// older one; a renewal takes nobody's, so an older session that did not hear of its end cannot come back by it.
/// </summary>
internal sealed class SessionSlot(TimeSpan lease)
{
    private SessionId _session;
    private bool _isHeld;
    private DateTimeOffset _renewed;
    private Cursor _head;

    /// <summary>The session that holds the place; null for none.</summary>
    public SessionId? Holder => _isHeld ? _session : null;

    /// <summary>Whether a session holds the place and was heard of within the lease.</summary>
    public bool IsOnline(DateTimeOffset now) => _isHeld && now - _renewed < lease;

    /// <summary>A session asks for the place. Says which session ended by it: the older holder, or the asking one itself, or none.</summary>
    public SessionId? Attach(AttachCommand command, DateTimeOffset now)
    {
        SessionId? holder = Holder;
        // What a gateway that died left behind does not keep the device's living session out.
        if (command.IsRenewal && holder is { } other && other != command.Session && IsOnline(now))
            return command.Session;

        _session = command.Session;
        _isHeld = true;
        _renewed = now;
        return holder == command.Session ? null : holder;
    }

    /// <summary>What the session missed between its WELCOME and its place; null for nothing.</summary>
    public HeadNotice? Missed(Cursor knownHead) => _head <= knownHead ? null : new HeadNotice
    {
        HeadCursor = _head,
        Count = (uint)Math.Min(_head.Value - knownHead.Value, uint.MaxValue),
        SizeBytes = 0,
    };

    /// <summary>The session gives the place up; false where it is not its own.</summary>
    public bool Detach(SessionId session)
    {
        if (Holder != session)
            return false;

        _isHeld = false;
        return true;
    }

    /// <summary>The session was heard of.</summary>
    public void Renew(SessionId session, DateTimeOffset now)
    {
        if (Holder == session)
            _renewed = now;
    }

    /// <summary>The head only rises, in whatever order the notices come.</summary>
    public void HeadMoved(Cursor head) => _head = head > _head ? head : _head;
}

using System.Threading.Channels;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// What the grains tell a session. It only remembers and wakes: the head as one number, other notices in a short queue whose oldest go
/// first, because a notice is a hint.
/// </summary>
internal sealed class SessionObserver(SessionId session, TimeProvider time) : IDeviceObserver
{
    private const int NoticesMax = 64;

    private readonly Channel<GroupNotice> _notices = Channel.CreateBounded<GroupNotice>(new BoundedChannelOptions(NoticesMax) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly TaskCompletionSource<SessionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly FreshRows _fresh = new(time);
    private HeadNotice? _head;
    private Cursor _freshThrough;
    private Cursor _knownHead;
    private bool _isFed;

    /// <summary>Wakes a subscription: there is something to send, or to read.</summary>
    public Signal HeadMoved { get; } = new();

    /// <summary>Wakes when there is something for <see cref="TakeHead"/>.</summary>
    public Signal HeadTold { get; } = new();

    public ChannelReader<GroupNotice> Notices => _notices.Reader;

    /// <summary>Completes when the device's session is somebody else's.</summary>
    public Task<SessionEnd> Ended => _ended.Task;

    public void OnHead(HeadNotice notice)
    {
        bool isKnown;
        lock (_gate)
        {
            // The rows are here already, and woke the subscription.
            isKnown = _isFed && notice.HeadCursor <= _freshThrough;
            _knownHead = Later(_knownHead, notice.HeadCursor);
            _head = _head is { } older
                ? notice with { Count = Saturate(older.Count, notice.Count), SizeBytes = Saturate(older.SizeBytes, notice.SizeBytes) }
                : notice;
        }

        HeadTold.Fire();
        if (!isKnown)
            HeadMoved.Fire();
    }

    /// <summary>Whether a subscription takes what <see cref="OnFresh"/> brings.</summary>
    public void Feed(bool isFed)
    {
        lock (_gate)
            (_isFed, _freshThrough) = (isFed, default);
    }

    /// <summary>Rows of others that were stored just now.</summary>
    public void OnFresh(FreshPage page)
    {
        _fresh.Add(page);
        lock (_gate)
        {
            _freshThrough = Later(_freshThrough, page.Page.ThroughCursor);
            _knownHead = Later(_knownHead, page.Page.ThroughCursor);
        }

        HeadMoved.Fire();
    }

    /// <summary>Rows that nobody is to be woken for.</summary>
    public void PassOver(FreshPage page) => _fresh.Add(page);

    /// <summary>The page after a cursor where it need not be read. It says that there is more if anything later was heard of.</summary>
    public ReadPage? TakeFresh(Cursor after)
    {
        if (_fresh.Take(after) is not { } page)
            return null;

        lock (_gate)
            return page with { HasMore = page.ThroughCursor < _knownHead };
    }

    /// <summary>Has the subscription read, whatever was heard of: a notice may have been lost.</summary>
    public void LookAgain()
    {
        _fresh.Clear();
        HeadMoved.Fire();
    }

    public void OnGroup(GroupNotice notice) => _notices.Writer.TryWrite(notice);

    public void OnEnd(SessionId ended, SessionEnd reason)
    {
        if (ended == session)
            _ended.TrySetResult(reason);
    }

    /// <summary>What came together since the last call; null for nothing.</summary>
    public HeadNotice? TakeHead()
    {
        lock (_gate)
        {
            HeadNotice? head = _head;
            _head = null;
            return head;
        }
    }

    private static Cursor Later(Cursor left, Cursor right) => left > right ? left : right;

    private static uint Saturate(uint left, uint right) => (uint)Math.Min((ulong)left + right, uint.MaxValue);
}

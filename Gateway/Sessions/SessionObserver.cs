using System.Threading.Channels;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// What the grains tell a session. It only remembers and wakes: the head as one number, other notices in a short queue whose oldest go
/// first, because a notice is a hint.
/// </summary>
internal sealed class SessionObserver(SessionId session) : IDeviceObserver
{
    private const int NoticesMax = 64;

    private readonly Channel<GroupNotice> _notices = Channel.CreateBounded<GroupNotice>(new BoundedChannelOptions(NoticesMax) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly TaskCompletionSource<SessionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private HeadNotice? _head;

    /// <summary>Wakes when the head moved.</summary>
    public Signal HeadMoved { get; } = new();

    public ChannelReader<GroupNotice> Notices => _notices.Reader;

    /// <summary>Completes when the device's session is somebody else's.</summary>
    public Task<SessionEnd> Ended => _ended.Task;

    public void OnHead(HeadNotice notice)
    {
        lock (_gate)
        {
            _head = _head is { } older
                ? notice with { Count = Saturate(older.Count, notice.Count), SizeBytes = Saturate(older.SizeBytes, notice.SizeBytes) }
                : notice;
        }

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

    private static uint Saturate(uint left, uint right) => (uint)Math.Min((ulong)left + right, uint.MaxValue);
}

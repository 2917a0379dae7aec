using Microsoft.Extensions.Logging;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// Tells devices that the head moved: one call outstanding per device, everything since it in the next. It lives on its grain's
/// scheduler, so it needs no lock. A notice that fails is dropped: it is a hint, and the reader asks again when it connects.
/// </summary>
internal sealed partial class HeadNotifier(GroupId group, IGrainFactory grains, RelayClock clock, ILogger logger)
{
    /// <summary>
    /// How long the notice to a device waits that the pushing gateway hands the rows on to. It says what the device's session knows by then, but for one
    /// that has just come to another gateway, or lost what was handed on.
    /// </summary>
    internal static readonly TimeSpan ServedPause = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<DeviceId, Waiting> _waiting = [];

    /// <summary>Says that rows were stored; returns at once.</summary>
    public void HeadMoved(IEnumerable<DeviceState> devices, AppendBatch batch, Cursor head, int count, long bytes)
    {
        foreach (DeviceState device in devices)
        {
            DeviceId id = device.Stored.Device;
            if (device.IsRevoked || id == batch.Sender)
                continue;

            if (!_waiting.TryGetValue(id, out Waiting? waiting))
                _waiting.Add(id, waiting = new Waiting(grains.GetGrain<IDeviceGrain>(GrainKeys.Device(group, id))));

            waiting.Add(head, count, bytes);
            if (!batch.Served.IsDefault && batch.Served.Contains(id))
                _ = CallLaterAsync(waiting);
            else
                _ = CallAsync(waiting);
        }
    }

    private async Task CallLaterAsync(Waiting waiting)
    {
        if (waiting.IsPausing || waiting.IsCalling)
            return;

        waiting.IsPausing = true;
        await clock.DelayAsync(ServedPause);
        waiting.IsPausing = false;
        await CallAsync(waiting);
    }

    private async Task CallAsync(Waiting waiting)
    {
        if (waiting.IsCalling)
            return;

        waiting.IsCalling = true;
        // The append's answer goes first: with it its gateway has the rows for subscriptions of its own, which would else be woken to read them.
        await Task.Yield();
        while (waiting.TryTake(out HeadNotice? notice))
        {
            try
            {
                await waiting.Grain.NotifyHeadAsync(notice, CancellationToken.None);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // Whatever the runtime throws (timeout, overload, a silo gone), the group must go on.
                NoticeFailed(logger, exception.GetType().Name);
            }
        }

        waiting.IsCalling = false;
    }

    [LoggerMessage(EventId = 110, Level = LogLevel.Debug, Message = "A head notice was dropped: {Error}")]
    private static partial void NoticeFailed(ILogger logger, string error);

    // Finding a grain by its key costs more than a call of it.
    private sealed class Waiting(IDeviceGrain grain)
    {
        private Cursor _head;
        private long _count;
        private long _bytes;

        public IDeviceGrain Grain { get; } = grain;

        public bool IsPausing { get; set; }

        public bool IsCalling { get; set; }

        public void Add(Cursor head, int count, long bytes)
        {
            _head = head;
            _count += count;
            _bytes += bytes;
        }

        public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HeadNotice? notice)
        {
            notice = _count == 0 ? null : new HeadNotice
            {
                HeadCursor = _head,
                Count = (uint)Math.Min(_count, uint.MaxValue),
                SizeBytes = (uint)Math.Min(_bytes, uint.MaxValue),
            };
            _count = 0;
            _bytes = 0;
            return notice is not null;
        }
    }
}

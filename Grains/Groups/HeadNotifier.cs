using Microsoft.Extensions.Logging;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Groups;

/// <summary>
/// Tells devices that the head moved: one call outstanding per device, everything since it in the next. It lives on its grain's
/// scheduler, so it needs no lock. A notice that fails is dropped: it is a hint, and the reader asks again when it connects.
/// </summary>
internal sealed partial class HeadNotifier(GroupId group, IGrainFactory grains, ILogger logger)
{
    private readonly Dictionary<DeviceId, Waiting> _waiting = [];

    /// <summary>Says that rows were stored; returns at once.</summary>
    public void HeadMoved(IEnumerable<DeviceState> devices, DeviceId sender, Cursor head, int count, long bytes)
    {
        foreach (DeviceState device in devices)
        {
            if (device.IsRevoked || device.Stored.Device == sender)
                continue;

            if (!_waiting.TryGetValue(device.Stored.Device, out Waiting? waiting))
                _waiting.Add(device.Stored.Device, waiting = new Waiting());

            waiting.Add(head, count, bytes);
            if (!waiting.IsCalling)
                _ = CallAsync(device.Stored.Device, waiting);
        }
    }

    private async Task CallAsync(DeviceId device, Waiting waiting)
    {
        waiting.IsCalling = true;
        IDeviceGrain grain = grains.GetGrain<IDeviceGrain>(GrainKeys.Device(group, device));
        while (waiting.TryTake(out HeadNotice? notice))
        {
            try
            {
                await grain.NotifyHeadAsync(notice, CancellationToken.None);
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

    private sealed class Waiting
    {
        private Cursor _head;
        private long _count;
        private long _bytes;

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

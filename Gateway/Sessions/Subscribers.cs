using System.Collections.Immutable;
using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>
/// The subscriptions of this gateway by group. What one of its sessions pushed goes from here to those of the others as soon as it is
/// durable; what was pushed elsewhere they hear of from the grains, and read.
/// </summary>
public sealed class Subscribers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<GroupId, ImmutableArray<(DeviceId Device, SessionObserver Observer)>> _groups = [];

    internal void Add(GroupId group, DeviceId device, SessionObserver observer)
    {
        lock (_gate)
            _groups[group] = [.. Of(group), (device, observer)];
    }

    internal void Remove(GroupId group, SessionObserver observer)
    {
        lock (_gate)
        {
            ImmutableArray<(DeviceId Device, SessionObserver Observer)> left = Of(group).RemoveAll(subscriber => subscriber.Observer == observer);
            if (left.IsEmpty)
                _groups.Remove(group);
            else
                _groups[group] = left;
        }
    }

    internal bool Has(GroupId group)
    {
        lock (_gate)
            return _groups.ContainsKey(group);
    }

    /// <summary>Whose subscriptions <see cref="Tell"/> would reach.</summary>
    internal ImmutableArray<DeviceId> DevicesOf(GroupId group)
    {
        ImmutableArray<(DeviceId Device, SessionObserver Observer)> subscribers;
        lock (_gate)
            subscribers = Of(group);

        return ImmutableArray.CreateRange(subscribers, subscriber => subscriber.Device);
    }

    /// <summary>Hands rows on to those who may read them.</summary>
    /// <param name="readers">Devices of the group that were not revoked when the rows were stored.</param>
    internal void Tell(GroupId group, DeviceId sender, FreshPage page, ImmutableArray<DeviceId> readers)
    {
        ImmutableArray<(DeviceId Device, SessionObserver Observer)> subscribers;
        lock (_gate)
            subscribers = Of(group);

        foreach ((DeviceId device, SessionObserver observer) in subscribers)
        {
            // One's own rows are passed over, and wake nobody.
            if (device == sender)
                observer.PassOver(page with { Page = page.Page with { Entries = [] } });
            else if (readers.Contains(device))
                observer.OnFresh(page);
        }
    }

    private ImmutableArray<(DeviceId Device, SessionObserver Observer)> Of(GroupId group) => _groups.GetValueOrDefault(group, []);
}

using ZeroKSync.Protocol;

namespace ZeroKSync.Gateway.Admission;

/// <summary>The groups, and the devices, that the operator lists may; a device on the list may make any group.</summary>
public sealed class ListAdmission(IEnumerable<GroupId> groups, IEnumerable<DeviceId> devices) : IGroupAdmission
{
    private readonly HashSet<GroupId> _groups = [.. groups];
    private readonly HashSet<DeviceId> _devices = [.. devices];

    public ValueTask<bool> IsAdmittedAsync(GroupAdmissionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(_groups.Contains(request.Group) || _devices.Contains(request.Device));
    }
}

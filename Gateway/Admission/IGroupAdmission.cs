namespace ZeroKSync.Gateway.Admission;

/// <summary>
/// Decides who may make a group at this relay. It is asked for every HELLO with the create flag, before anybody looks whether the group is
/// here, and must not take longer for one answer than for the other.
/// </summary>
public interface IGroupAdmission
{
    /// <summary>Whether the group may be made. It does not throw but for cancellation: what cannot be found out is a no.</summary>
    ValueTask<bool> IsAdmittedAsync(GroupAdmissionRequest request, CancellationToken cancellationToken);
}

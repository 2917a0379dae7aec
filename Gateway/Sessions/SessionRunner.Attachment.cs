using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;

namespace ZeroKSync.Gateway.Sessions;

/// <summary>The session's place with its device's grain: taken at WELCOME, renewed, and given up.</summary>
internal sealed partial class SessionRunner
{
    private async Task AttachAsync(Membership member, CancellationToken cancellationToken)
    {
        _reference ??= _services.Grains.CreateObjectReference<IDeviceObserver>(Observer);
        // Until it has the place once, it asks for it as the newer session that it is.
        var command = new AttachCommand { Session = _id, KnownHead = member.Head, IsRenewal = _isAttached };
        _isAttached |= await TryAsync(() => member.DeviceGrain.AttachAsync(command, _reference, cancellationToken));
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Renewal, _services.Time, cancellationToken);
            if (Member is { } member)
            {
                await AttachAsync(member, cancellationToken);
                // A notice is a hint and may have been lost: look again.
                Observer.LookAgain();
            }
        }
    }

    private async Task DetachAsync()
    {
        if (_reference is not { } reference)
            return;

        if (Member is { } member)
            await TryAsync(() => member.DeviceGrain.DetachAsync(_id, CancellationToken.None));

        _services.Grains.DeleteObjectReference<IDeviceObserver>(reference);
    }

    // Attaching and presence are renewed by themselves: one that fails is made up for.
    private async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception exception) when (GrainFailures.IsOutcomeUnknown(exception))
        {
            GrainFailures.Log(_services.Logger, exception);
            return false;
        }
    }
}

using Microsoft.Extensions.Options;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Protocol;

namespace ZeroKSync.Grains.Devices;

/// <summary>
/// The live end of one device: which session it has, and what that session should hear of. It owns no data of the group; what it forgets
/// with its activation the gateway renews.
/// </summary>
[GrainType("device")]
public sealed class DeviceGrain(
    [PersistentState("wake", "grains")] IPersistentState<WakeState> wake,
    RelayClock clock,
    IOptions<DeviceOptions> options) : Grain, IDeviceGrain
{
    private readonly SessionSlot _slot = new(options.Value.SessionLease);
    private IDeviceObserver? _observer;
    private DeviceId _device;

    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        GrainKeys.TryParseDevice(this.GetPrimaryKeyString(), out _, out _device)
            ? Task.CompletedTask
            : throw new InvalidOperationException("The key of a device's grain is a group id and a device id.");

    public Task AttachAsync(AttachCommand command, IDeviceObserver observer, CancellationToken cancellationToken)
    {
        SessionId? ended = _slot.Attach(command, clock.Now);
        if (ended == command.Session)
        {
            observer.OnEnd(command.Session, SessionEnd.Superseded);
            return Task.CompletedTask;
        }

        if (ended is { } older)
            _observer?.OnEnd(older, SessionEnd.Superseded);

        _observer = observer;
        // What came between the session's welcome and this call.
        if (!command.IsRenewal && _slot.Missed(command.KnownHead) is { } missed)
            observer.OnHead(missed);

        return Task.CompletedTask;
    }

    public Task DetachAsync(SessionId session, CancellationToken cancellationToken)
    {
        if (_slot.Detach(session))
            _observer = null;

        return Task.CompletedTask;
    }

    public Task NotifyHeadAsync(HeadNotice notice, CancellationToken cancellationToken)
    {
        _slot.HeadMoved(notice.HeadCursor);
        _observer?.OnHead(notice);
        return Task.CompletedTask;
    }

    public Task NotifyGroupAsync(GroupNotice notice, CancellationToken cancellationToken)
    {
        // A device that is out hears of it by its session's end, and of nothing else.
        if (notice is DeviceRevokedNotice revoked && revoked.Device == _device)
            EndSession(SessionEnd.Revoked);
        else
            _observer?.OnGroup(notice);

        return Task.CompletedTask;
    }

    public Task SetPresenceAsync(SessionId session, bool active, CancellationToken cancellationToken)
    {
        _slot.Renew(session, clock.Now);
        return Task.CompletedTask;
    }

    public Task<bool> IsOnlineAsync(CancellationToken cancellationToken) => Task.FromResult(_slot.IsOnline(clock.Now));

    public async Task<CommandResult> RegisterWakeAsync(WakeRegistration registration, CancellationToken cancellationToken)
    {
        wake.State = new WakeState { Platform = registration.Platform, Token = registration.Token.ToArray(), AppId = registration.AppId };
        await wake.WriteStateAsync(CancellationToken.None);
        return new CommandDone();
    }

    public async Task<CommandResult> UnregisterWakeAsync(CancellationToken cancellationToken)
    {
        if (wake.RecordExists)
            await wake.ClearStateAsync(CancellationToken.None);

        return new CommandDone();
    }

    private void EndSession(SessionEnd reason)
    {
        if (_slot.Holder is not { } session)
            return;

        _observer?.OnEnd(session, reason);
        _slot.Detach(session);
        _observer = null;
    }
}

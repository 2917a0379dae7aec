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
    private readonly TimeSpan _lease = options.Value.SessionLease;
    private SessionId _session;
    private IDeviceObserver? _observer;
    private DateTimeOffset _renewed;
    private Cursor _head;

    public Task AttachAsync(AttachCommand command, IDeviceObserver observer, CancellationToken cancellationToken)
    {
        if (_observer is { } older && _session != command.Session)
            older.OnEnd(_session, SessionEnd.Superseded);

        _session = command.Session;
        _observer = observer;
        _renewed = clock.Now;
        // What came between the session's welcome and this call.
        if (_head > command.KnownHead)
            observer.OnHead(new HeadNotice { HeadCursor = _head, Count = 0, SizeBytes = 0 });

        return Task.CompletedTask;
    }

    public Task DetachAsync(SessionId session, CancellationToken cancellationToken)
    {
        if (_session == session)
            _observer = null;

        return Task.CompletedTask;
    }

    public Task NotifyHeadAsync(HeadNotice notice, CancellationToken cancellationToken)
    {
        if (notice.HeadCursor > _head)
            _head = notice.HeadCursor;

        _observer?.OnHead(notice);
        return Task.CompletedTask;
    }

    public Task NotifyGroupAsync(GroupNotice notice, CancellationToken cancellationToken)
    {
        _observer?.OnGroup(notice);
        return Task.CompletedTask;
    }

    public Task SetPresenceAsync(SessionId session, bool active, CancellationToken cancellationToken)
    {
        if (_session == session && _observer is not null)
            _renewed = clock.Now;

        return Task.CompletedTask;
    }

    public Task<bool> IsOnlineAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_observer is not null && clock.Now - _renewed < _lease);

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
}

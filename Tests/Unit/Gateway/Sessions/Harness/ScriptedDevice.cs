using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions.Harness;

/// <summary>A device's grain that remembers who attached.</summary>
internal sealed class ScriptedDevice : IDeviceGrain
{
    /// <summary>What came, oldest first.</summary>
    public List<AttachCommand> Attached { get; } = [];

    /// <summary>The session's end, once it attached.</summary>
    public IDeviceObserver Observer { get; private set; } = null!;

    /// <summary>The next so many calls fail, as of a silo that is gone.</summary>
    public int FailuresLeft { get; set; }

    public Task AttachAsync(AttachCommand command, IDeviceObserver observer, CancellationToken cancellationToken)
    {
        lock (Attached)
            Attached.Add(command);

        if (FailuresLeft > 0)
        {
            FailuresLeft--;
            throw new TimeoutException("planted");
        }

        Observer = observer;
        return Task.CompletedTask;
    }

    public Task DetachAsync(SessionId session, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task NotifyHeadAsync(HeadNotice notice, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task NotifyGroupAsync(GroupNotice notice, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SetPresenceAsync(SessionId session, bool active, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> IsOnlineAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<CommandResult> RegisterWakeAsync(WakeRegistration registration, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CommandResult> UnregisterWakeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}

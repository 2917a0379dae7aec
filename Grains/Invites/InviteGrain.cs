using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;

namespace ZeroKSync.Grains.Invites;

/// <summary>One rendezvous. Its state is on disk before a creation is answered, and gone from disk before the record is handed out.</summary>
[GrainType("invite")]
public sealed class InviteGrain([PersistentState("invite", "grains")] IPersistentState<InviteState> state, RelayClock clock) : Grain, IInviteGrain
{
    private InviteState? Open => state.RecordExists ? state.State : null;

    public async Task<CommandResult> CreateAsync(InviteCreation creation, CancellationToken cancellationToken)
    {
        ulong now = clock.NowMs;
        if (InviteRules.CheckCreation(creation, Open, now) is { } refusal)
            return new CommandRefused { Refusal = refusal };

        state.State = InviteRules.Create(creation, now);
        await state.WriteStateAsync(CancellationToken.None);
        return new CommandDone();
    }

    public async Task<ClaimResult> ClaimAsync(ClaimCommand command, CancellationToken cancellationToken)
    {
        if (Open is not { } open)
            return NotFound();

        bool isOpen = InviteRules.IsOpen(open, clock.NowMs);
        await EndAsync();
        return isOpen ? new Claimed { Sealed = open.Sealed } : NotFound();
    }

    public async Task<CommandResult> CancelAsync(CancelInviteCommand command, CancellationToken cancellationToken)
    {
        // A stranger's group learns nothing by trying.
        if (Open is not { } open || !InviteRules.IsOpen(open, clock.NowMs) || !InviteRules.MayCancel(open, command))
            return Refusals.Command(RefusalReason.InviteNotFound);

        await EndAsync();
        return new CommandDone();
    }

    // Short codes are a feature of their own; the gateway answers their messages before they come here.
    public Task<CommandResult> AttendAsync(AttendCommand command, IInviteObserver observer, CancellationToken cancellationToken) =>
        Task.FromResult<CommandResult>(Refusals.Command(RefusalReason.NotServed));

    public Task<CommandResult> PassAsync(PassCommand command, CancellationToken cancellationToken) =>
        Task.FromResult<CommandResult>(Refusals.Command(RefusalReason.NotServed));

    private ClaimRefused NotFound()
    {
        // An id nobody opened must leave nothing behind.
        DeactivateOnIdle();
        return new ClaimRefused { Refusal = Refusals.Of(RefusalReason.InviteNotFound) };
    }

    private async Task EndAsync()
    {
        await state.ClearStateAsync(CancellationToken.None);
        DeactivateOnIdle();
    }
}
